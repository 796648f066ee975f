"""Queues, the rules that send cases to them, and how soon their cases are due.

A capability of its own whose models keep the label ``cases``: their tables, content types, permissions
(``cases.see_queue``), grants on single queues, scopes of tokens and audit subjects (``cases.queue:3``) are named by it,
so they stay as they are without a migration. Their migrations stand in ``triage/cases/migrations``.
"""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import Q

from triage.queues import sla

#: The label under which Django, guardian and the audit log have known these models since the first version.
APP_LABEL: Final = "cases"


class Severity(models.IntegerChoices):
    """How much harm a wrong answer may do; higher is worse."""

    LOW = 1, "Low"
    MEDIUM = 2, "Medium"
    HIGH = 3, "High"
    CRITICAL = 4, "Critical"

    @property
    def word(self) -> str:
        """Its name in addresses, lines and the API: ``critical``."""
        return self.name.lower()

    @classmethod
    def named(cls, word: str) -> Severity:
        """The severity of that name. Raises KeyError."""
        return cls[word.upper()]


#: Every severity by its name in addresses, lines and the API, the lowest first.
SEVERITIES: Final = {severity.word: severity for severity in Severity}


class Queue(models.Model):
    """An ordered set of cases that a group of people works; permissions are granted on it."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=100)
    purpose = models.CharField(max_length=300, blank=True)
    kind = models.CharField(max_length=12)
    order = models.PositiveSmallIntegerField(default=100)
    active = models.BooleanField(default=True)
    lease_seconds = models.PositiveIntegerField(default=900, help_text="How long a claim lasts without renewal.")
    undo_seconds = models.PositiveIntegerField(default=120, help_text="How long a decision waits before release.")
    hold_limit = models.PositiveSmallIntegerField(
        default=3, help_text="How many cases, of all queues together, one person may hold and still claim from here."
    )

    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        help_text="Who answers for its overdue critical cases.",
    )  # fmt: skip
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        help_text="Who is notified when the responsible person has not acted in time.",
    )  # fmt: skip
    deputy_after_seconds = models.PositiveIntegerField(
        default=3600,
        db_default=3600,
        help_text="How long after its due time an overdue critical case goes to the deputy.",
    )
    leads_after_seconds = models.PositiveIntegerField(
        default=4 * 3600,
        db_default=4 * 3600,
        help_text="How long after its due time an overdue critical case goes to all leads.",
    )

    class Meta:
        app_label = APP_LABEL
        ordering = ["order", "slug"]
        default_permissions = ()

    def __str__(self) -> str:
        return self.name


class QueueTarget(models.Model):
    """Which queue cases of a queue are sent on to, by the name that their kind gave the target (``kinds.Target``)."""

    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, related_name="targets")
    name = models.CharField(max_length=24)
    to = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="+")

    class Meta:
        app_label = APP_LABEL
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["queue", "name"], name="cases_target_once")]


class BusinessCalendar(models.Model):
    """When people work. ``weekly`` maps ``mon``…``sun`` to lists of ["HH:MM", "HH:MM"]; ``holidays`` are ISO dates.

    Public holidays of ``country`` (ISO 3166-1) or its ``subdivision`` (ISO 3166-2 without the country) come on top;
    they are computed when they are needed.
    """

    name = models.CharField(max_length=100, unique=True)
    time_zone = models.CharField(max_length=64, default="UTC")
    weekly = models.JSONField(default=dict)
    holidays = models.JSONField(default=list)
    country = models.CharField(max_length=2, blank=True, default="")
    subdivision = models.CharField(max_length=10, blank=True, default="")

    class Meta:
        app_label = APP_LABEL
        default_permissions = ()

    def __str__(self) -> str:
        return self.name

    @property
    def hours(self) -> sla.Calendar:
        """Its hours and days off, ready to compute with."""
        return sla.calendar(
            self.time_zone, self.weekly, self.holidays, country=self.country, subdivision=self.subdivision
        )

    @property
    def week(self) -> list[tuple[str, list[list[str]]]]:
        """The days with working hours, from Monday on: JSON in the database keeps no order."""
        days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
        return [(day, self.weekly[day]) for day in days if self.weekly.get(day)]


class SlaPolicy(models.Model):
    """How soon a case is due, in minutes of its calendar (of the clock without one). The most specific match wins."""

    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, null=True, blank=True, related_name="policies")
    severity = models.PositiveSmallIntegerField(choices=Severity, null=True, blank=True)
    minutes = models.PositiveIntegerField()
    calendar = models.ForeignKey(BusinessCalendar, on_delete=models.PROTECT, null=True, blank=True)

    class Meta:
        app_label = APP_LABEL
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["queue", "severity"], nulls_distinct=False, name="cases_sla_once")
        ]


class RoutingRule(models.Model):
    """Sends new cases to a queue. Rules are asked in order; the first whose conditions all hold wins.

    ``conditions`` may name ``wave`` (slugs), ``severity_at_least`` (1–4), ``domain`` (words), ``any_reason`` (words),
    ``size_at_least``, ``score_at_least`` and ``score_below`` (bits).
    """

    order = models.PositiveIntegerField()
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=12)
    conditions = models.JSONField(default=dict, blank=True)
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="rules")
    priority = models.SmallIntegerField(
        default=0, help_text="0 to 49, added to the severity's own priority; higher is sooner."
    )
    active = models.BooleanField(default=True)

    class Meta:
        app_label = APP_LABEL
        ordering = ["order", "id"]
        default_permissions = ()
        constraints = [
            # A step of severity is 100: no rule lifts a case above the next severity (triage.queues.routing).
            models.CheckConstraint(condition=Q(priority__range=(0, 49)), name="cases_rule_priority")
        ]
