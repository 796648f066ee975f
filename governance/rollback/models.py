"""A wave's rollback plan, its triggers, its rehearsals, and its alarms."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from console.waves.models import Wave


class DataScope(models.TextChoices):
    """What becomes of data written after the cutover."""

    REVERSIBLE = "reversible", "Reversible: returned automatically"
    REPLAYABLE = "replayable", "Replayable: replayed into the legacy system"
    MANUAL = "manual", "Manual: re-entered by staff"


class RollbackPlan(models.Model):
    """One version of a wave's plan. Never changes: an edit is a new version, with its digest over all it says."""

    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    authority = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    deputy = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decide_within = models.PositiveIntegerField(help_text="Minutes from a trigger to a decision.")
    window_start = models.DateTimeField()
    window_end = models.DateTimeField()
    margin = models.PositiveIntegerField(help_text="Minutes kept free before the window ends.")
    rto = models.PositiveIntegerField(help_text="Recovery time objective, minutes.")
    rpo = models.PositiveIntegerField(help_text="Recovery point objective, minutes.")
    mtd = models.PositiveIntegerField(help_text="Maximum tolerable downtime, minutes.")
    transport = models.TextField(help_text="How interfaces and sign-ins are turned back.")
    data_scope = models.CharField(max_length=12, choices=DataScope)
    data = models.TextField(help_text="What happens to writes after the cutover, delta back-sync included.")
    steps = models.TextField(help_text="Activation, recovery, reconstitution (NIST SP 800-34).")
    runbook_title = models.CharField(max_length=200, blank=True)
    runbook_digest = models.CharField(max_length=64, blank=True, help_text="SHA-256 of the runbook that was rehearsed.")
    reason = models.CharField(max_length=300, help_text="Why this version was written.")
    digest = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["wave", "version"], name="rollback_plan_version"),
            models.CheckConstraint(condition=Q(mtd__gte=F("rto")), name="rollback_plan_objectives"),
            models.CheckConstraint(condition=~Q(authority=F("deputy")), name="rollback_plan_two_people"),
            models.CheckConstraint(condition=Q(window_end__gt=F("window_start")), name="rollback_plan_window"),
            models.CheckConstraint(condition=Q(decide_within__gte=1, rto__gte=1), name="rollback_plan_times"),
        ]

    def __str__(self) -> str:
        return f"version {self.version} of the rollback plan"


class RollbackTrigger(models.Model):
    """What raises the alarm: a measure beyond its bound, or a person's call when ``measure`` is empty."""

    plan = models.ForeignKey(RollbackPlan, on_delete=models.PROTECT, related_name="triggers")
    code = models.SlugField(max_length=40)
    title = models.CharField(max_length=200)
    measure = models.CharField(max_length=64, blank=True)
    dimension = models.CharField(max_length=120, blank=True)
    operator = models.CharField(max_length=2, blank=True, help_text="Fires when: le, lt, ge, gt.")
    threshold = models.DecimalField(max_digits=24, decimal_places=6, null=True, blank=True)
    consecutive = models.PositiveSmallIntegerField(default=1, help_text="So many readings in a row.")

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["plan", "code"], name="rollback_trigger_once"),
            models.CheckConstraint(
                condition=Q(measure="") | (~Q(operator="") & Q(threshold__isnull=False, consecutive__gte=1)),
                name="rollback_trigger_bound",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class RehearsalKind(models.TextChoices):
    """How real a rehearsal was."""

    TABLETOP = "tabletop", "Tabletop"
    MOCK = "mock", "Mock cutover"
    DRY_RUN = "dry_run", "Dry run"
    DRESS = "dress", "Dress rehearsal"


class Rehearsal(models.Model):
    """One rehearsal of one version of the plan. Never changes."""

    plan = models.ForeignKey(RollbackPlan, on_delete=models.PROTECT, related_name="rehearsals")
    digest = models.CharField(max_length=64, help_text="The plan's digest when it was rehearsed.")
    kind = models.CharField(max_length=10, choices=RehearsalKind)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    planned_minutes = models.PositiveIntegerField()
    rollback_minutes = models.PositiveIntegerField(help_text="How long the rollback took.")
    records = models.PositiveBigIntegerField(help_text="Records rehearsed with.")
    production_records = models.PositiveBigIntegerField(help_text="Records that production holds.")
    succeeded = models.BooleanField()
    defects = models.TextField(blank=True)
    report = models.TextField(help_text="After-action report.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(finished_at__gt=F("started_at")), name="rollback_rehearsal_times"),
            models.CheckConstraint(condition=Q(production_records__gte=1), name="rollback_rehearsal_volume"),
        ]


class Answer(models.TextChoices):
    """What the person who was asked decided."""

    ROLL_BACK = "roll_back", "Roll back"
    GO_ON = "go_on", "Go on"


class Alarm(models.Model):
    """A trigger that fired, who was asked, and what they answered. The console itself never rolls anything back."""

    trigger = models.ForeignKey(RollbackTrigger, on_delete=models.PROTECT, related_name="alarms")
    at = models.DateTimeField()
    observed = models.CharField(max_length=200)
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decide_by = models.DateTimeField(help_text="After this the deputy may decide too.")
    answer = models.CharField(max_length=10, choices=Answer, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    answer_reason = models.TextField(blank=True)
    late_told_at = models.DateTimeField(
        null=True, help_text="When the deputy was notified that the decision is overdue."
    )
    cleared_at = models.DateTimeField(
        null=True, help_text="When the measure was back within its bound after the answer: it may alarm again."
    )

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(answer="", answered_by__isnull=True, answered_at__isnull=True)
                | (~Q(answer="") & Q(answered_by__isnull=False, answered_at__isnull=False)),
                name="rollback_alarm_answered",
            ),
            models.UniqueConstraint(fields=["trigger"], condition=Q(answer=""), name="rollback_alarm_one_open"),
        ]
