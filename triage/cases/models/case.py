"""A case, the lines that it rests on, and the claim on it.

Written for a million open cases: ``Case`` is narrow, what it says in full stands on its exceptions.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from console.waves.models import Wave
from triage.cases.models.states import State
from triage.queues.models import Queue, Severity
from triage.runs.models import Run

_OPEN = Q(state="open")
# Not by the assignee: what is asked of one person must be answered from the index of whose they are.
_THEIRS = Q(assigned_at__isnull=False)
_PRESSING = (F("queue"), F("priority").desc(), F("due_at"), F("id"))
_DUE = (F("queue"), F("due_at"), F("id"))


class Case(models.Model):
    """The piece of human work for one problem. ``fingerprint`` names the problem, ``evidence`` what is known of it."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=12)
    fingerprint = models.UUIDField()
    evidence = models.UUIDField()
    state = models.CharField(max_length=12, choices=State, default=State.OPEN)
    # ``sql/queue_reference.sql`` holds that it exists, for all rows of a statement at once.
    queue = models.ForeignKey(
        Queue, on_delete=models.PROTECT, related_name="cases", db_index=False, db_constraint=False
    )
    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    further_waves = ArrayField(
        models.BigIntegerField(), null=True, help_text="Other waves whose runs reported it too, ascending; never empty."
    )
    severity = models.PositiveSmallIntegerField(choices=Severity, default=Severity.MEDIUM)
    domain = models.CharField(max_length=64)
    reasons = ArrayField(models.CharField(max_length=64), default=list)
    score = models.FloatField(null=True)
    size = models.PositiveSmallIntegerField(default=1, help_text="How many source records it is about.")
    record_keys = ArrayField(models.BigIntegerField(), default=list)
    facilities = ArrayField(
        models.CharField(max_length=64),
        null=True,
        help_text="Where its records were kept, as last reported (runs.facilities); never empty.",
    )
    priority = models.IntegerField(default=0)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    wake_at = models.DateTimeField(null=True)
    past_cutover = models.BooleanField(
        default=False, db_default=False, help_text="Deferred until the first of its waves has cut over."
    )
    proposal = models.ForeignKey(
        "cases.Decision", on_delete=models.PROTECT, null=True, related_name="+", db_index=False,
        help_text="The decision that asks to defer it past the cutover, while no other person has answered it.",
    )  # fmt: skip
    opened_run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    latest_exception_id = models.BigIntegerField(help_text="The line as last reported.")
    report = models.UUIDField(
        null=True,
        help_text="Names what was last reported besides the evidence; empty: not reported since that is kept.",
    )
    decision = models.ForeignKey(
        "cases.Decision", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    verified_run = models.ForeignKey(
        Run, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False,
        help_text="The run that verified it, while it is verified.",
    )  # fmt: skip
    reopened = models.PositiveSmallIntegerField(default=0)
    revision = models.PositiveIntegerField(default=1)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False,
        db_index=False, help_text="Who it was handed to; no other reviewer is offered it.",
    )  # fmt: skip
    assigned_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["kind", "fingerprint"], name="cases_case_problem"),
            models.CheckConstraint(
                condition=~Q(state__in=[*State.SETTLED]) | Q(decision__isnull=False),
                name="cases_case_decided_has_decision",
            ),
            models.CheckConstraint(
                condition=Q(state="deferred", wake_at__isnull=False, past_cutover=False)
                | Q(state="deferred", wake_at__isnull=True, past_cutover=True)
                | (~Q(state="deferred") & Q(past_cutover=False)),
                name="cases_case_deferred_until",
            ),
            models.CheckConstraint(
                condition=Q(proposal__isnull=True) | Q(state__in=[*State.UNRESOLVED]), name="cases_case_proposal"
            ),
            models.CheckConstraint(
                condition=Q(verified_run__isnull=True) | Q(state="verified"), name="cases_case_verified_by"
            ),
            # So a severity is a range of priorities, and a list of one severity a range of the index on priority.
            models.CheckConstraint(
                condition=Q(priority__gte=F("severity") * 100, priority__lt=F("severity") * 100 + 100),
                name="cases_case_priority",
            ),
            # An assignment ends when the case is decided, withdrawn or moved: sql/assignment.sql sees to it.
            models.CheckConstraint(
                condition=Q(assignee__isnull=True, assigned_at__isnull=True)
                | Q(assignee__isnull=False, assigned_at__isnull=False, state__in=[*State.UNRESOLVED]),
                name="cases_case_assignment",
            ),
        ]
        indexes = [
            # Open cases in two halves: however many are assigned, the next unassigned one is the first of its index.
            models.Index(*_PRESSING, condition=_OPEN & Q(assignee__isnull=True), name="cases_case_next"),
            models.Index(*_PRESSING, condition=_OPEN & _THEIRS, name="cases_case_next_theirs"),
            models.Index(*_DUE, condition=_OPEN & Q(assignee__isnull=True), name="cases_case_due"),
            models.Index(*_DUE, condition=_OPEN & _THEIRS, name="cases_case_due_theirs"),
            models.Index(
                F("assignee"),
                F("state"),
                F("priority").desc(),
                F("due_at"),
                F("id"),
                condition=Q(assignee__isnull=False),
                name="cases_case_assigned",
            ),
            models.Index(fields=["queue", "state", "id"], name="cases_case_list"),
            models.Index(fields=["wake_at"], condition=Q(state="deferred"), name="cases_case_wake"),
            models.Index(fields=["queue", "id"], condition=Q(past_cutover=True), name="cases_case_past_cutover"),
            models.Index(fields=["wave", "id"], condition=Q(past_cutover=True), name="cases_case_cutover"),
            models.Index(fields=["verified_run"], condition=Q(state="verified"), name="cases_case_verified"),
            models.Index(
                fields=["wave", "id"],
                condition=Q(severity=4, state__in=[*State.UNRESOLVED]),
                name="cases_case_critical",
            ),
            models.Index(
                fields=["wave", "decision"],
                condition=Q(severity=4, state__in=[*State.SETTLED]),
                name="cases_case_critical_done",
            ),
            models.Index(
                fields=["due_at", "id"],
                condition=Q(severity=4, state__in=[*State.PENDING]),
                name="cases_case_overdue",
            ),
            models.Index(fields=["kind", "fingerprint"], condition=Q(report__isnull=True), name="cases_case_unread"),
            models.Index(fields=["wave"], condition=Q(further_waves__isnull=False), name="cases_case_shared"),
            GinIndex(
                fields=["further_waves"],
                condition=Q(severity=4, state__in=[*State.UNRESOLVED], further_waves__isnull=False),
                name="cases_case_critical_shared",
            ),
            GinIndex(
                fields=["further_waves"],
                condition=Q(past_cutover=True, further_waves__isnull=False),
                name="cases_case_cutover_shared",
            ),
            GinIndex(fields=["record_keys"], name="cases_case_records"),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def ref(self) -> str:
        """The stable name people use: ``EX-1042``."""
        return f"EX-{self.pk}"

    @property
    def waves(self) -> list[int]:
        """The numbers of all waves whose runs reported it, ascending. It counts in each, and is frozen with any."""
        return sorted({self.wave_id, *(self.further_waves or ())})


class MigrationException(models.Model):
    """One distinct line of a run that the pipeline could not settle, byte for byte. Never changes."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="exceptions", db_constraint=False)
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    evidence = models.UUIDField()
    digest = models.UUIDField(help_text="First 128 bits of the SHA-256 of the payload's exact bytes.")
    payload = models.TextField()

    class Meta:
        default_permissions = ()
        db_table = "cases_exception"


class Occurrence(models.Model):
    """That a run's line landed on a case. The same exception reported again is one more occurrence, not a copy."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    exception_id = models.BigIntegerField()
    file_id = models.BigIntegerField()
    line_no = models.BigIntegerField()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["case", "run"], name="cases_occurrence_case")]


class Member(models.Model):
    """One of the many things that a case is about, for kinds whose lines name them: a line, kept once. Never changes.

    ``run``, ``file_id`` and ``line_no`` say where it was first reported; ``evidence`` names the member in its case.
    """

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(
        Case, on_delete=models.PROTECT, related_name="members", db_constraint=False, db_index=False
    )
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    file_id = models.BigIntegerField()
    line_no = models.BigIntegerField()
    evidence = models.UUIDField()
    digest = models.UUIDField(help_text="First 128 bits of the SHA-256 of the payload's exact bytes.")
    payload = models.TextField()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["case", "evidence"], name="cases_member_once")]


class Claim(models.Model):
    """A time-limited lease on a case for one person. An expired one is no claim, whether swept away yet or not."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, primary_key=True, related_name="claim")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="claims")
    taken_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    ahead = models.BooleanField(default=False, help_text="Kept ready for its person, who has not opened it yet.")

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["by"], condition=Q(ahead=True), name="cases_claim_ahead_once")]


class HeldRecord(models.Model):
    """A source record of a claimed case: while it is held no sibling case can be claimed. The key makes it so."""

    record_key = models.BigIntegerField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="held_records")

    class Meta:
        default_permissions = ()
