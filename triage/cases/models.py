"""Cases, the claims on them and the decisions made on them.

Written for a million open cases: ``Case`` is narrow, what it says in full stands on its exceptions; counts are kept
as small deltas (``QueueTally``) by a database trigger and never scanned.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from console.waves.models import Wave
from triage.queues.models import CaseKind, Queue, Severity
from triage.runs.models import Run


class State(models.TextChoices):
    """Where a case stands. The moves between these are the table in ``machine.py``."""

    OPEN = "open", "Open"
    CLAIMED = "claimed", "Claimed"
    DEFERRED = "deferred", "Deferred"
    WAITING = "waiting", "Waiting for information"
    DECIDED = "decided", "Decided"
    RELEASED = "released", "Released"
    ACKNOWLEDGED = "acknowledged", "Acknowledged"
    VERIFIED = "verified", "Verified"
    WITHDRAWN = "withdrawn", "Withdrawn"


class Case(models.Model):
    """The piece of human work for one problem. ``fingerprint`` names the problem, ``evidence`` what is known of it."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=12, choices=CaseKind)
    fingerprint = models.UUIDField()
    evidence = models.UUIDField()
    state = models.CharField(max_length=12, choices=State, default=State.OPEN)
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="cases", db_index=False)
    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    severity = models.PositiveSmallIntegerField(choices=Severity, default=Severity.MEDIUM)
    domain = models.CharField(max_length=64)
    reasons = ArrayField(models.CharField(max_length=64), default=list)
    score = models.FloatField(null=True)
    size = models.PositiveSmallIntegerField(default=1, help_text="How many source records it is about.")
    record_keys = ArrayField(models.BigIntegerField(), default=list)
    priority = models.IntegerField(default=0)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    wake_at = models.DateTimeField(null=True)
    opened_run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    latest_exception_id = models.BigIntegerField()
    decision = models.ForeignKey(
        "cases.Decision", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    verified_run = models.ForeignKey(
        Run, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False,
        help_text="The run that verified it, while it is verified.",
    )  # fmt: skip
    reopened = models.PositiveSmallIntegerField(default=0)
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["kind", "fingerprint"], name="cases_case_problem"),
            models.CheckConstraint(
                condition=~Q(state__in=["decided", "released", "acknowledged", "verified"]) | Q(decision__isnull=False),
                name="cases_case_decided_has_decision",
            ),
            models.CheckConstraint(
                condition=~Q(state="deferred") | Q(wake_at__isnull=False), name="cases_case_deferred_until"
            ),
            models.CheckConstraint(
                condition=Q(verified_run__isnull=True) | Q(state="verified"), name="cases_case_verified_by"
            ),
            # So a severity is a range of priorities, and a list of one severity a range of the index on priority.
            models.CheckConstraint(
                condition=Q(priority__gte=F("severity") * 100, priority__lt=F("severity") * 100 + 100),
                name="cases_case_priority",
            ),
        ]
        indexes = [
            models.Index(
                F("queue"),
                F("priority").desc(),
                F("due_at"),
                F("id"),
                condition=Q(state="open"),
                name="cases_case_next",
            ),
            models.Index(fields=["queue", "due_at", "id"], condition=Q(state="open"), name="cases_case_due"),
            models.Index(fields=["queue", "state", "id"], name="cases_case_list"),
            models.Index(fields=["wake_at"], condition=Q(state="deferred"), name="cases_case_wake"),
            models.Index(fields=["verified_run"], condition=Q(state="verified"), name="cases_case_verified"),
            models.Index(
                fields=["wave", "id"],
                condition=Q(severity=4, state__in=["open", "claimed", "deferred", "waiting"]),
                name="cases_case_critical",
            ),
            models.Index(
                fields=["wave", "decision"],
                condition=Q(severity=4, state__in=["decided", "released", "acknowledged", "verified"]),
                name="cases_case_critical_done",
            ),
            GinIndex(fields=["record_keys"], name="cases_case_records"),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def ref(self) -> str:
        """The stable name people use: ``EX-1042``."""
        return f"EX-{self.pk}"


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


class Claim(models.Model):
    """A time-limited lease on a case for one person. An expired one is no claim, whether swept away yet or not."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, primary_key=True, related_name="claim")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="claims")
    taken_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        default_permissions = ()


class HeldRecord(models.Model):
    """A source record of a claimed case: while it is held no sibling case can be claimed. The key makes it so."""

    record_key = models.BigIntegerField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="held_records")

    class Meta:
        default_permissions = ()


class Role(models.TextChoices):
    """Which part a decision plays."""

    FIRST = "first", "First review"
    SECOND = "second", "Second review"
    ADJUDICATION = "adjudication", "Adjudication"
    REVERSAL = "reversal", "Reversal"


class Decision(models.Model):
    """One reviewer's verdict on one case, immutable. A reversal is another decision, which names what it reverses."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="decisions")
    role = models.CharField(max_length=12, choices=Role, default=Role.FIRST)
    verdict = models.CharField(max_length=24)
    reason = models.CharField(max_length=64, blank=True)
    note = models.TextField(blank=True)
    details = models.JSONField(default=dict, help_text="What the verdict needs besides: until, asked of, records.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="decisions")
    decided_at = models.DateTimeField()
    seen_revision = models.PositiveIntegerField()
    seen_exception_id = models.BigIntegerField(help_text="The evidence the reviewer saw.")
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="reversed_by")
    release_at = models.DateTimeField(null=True, help_text="When it may be released; empty: never (a deferral).")
    request_key = models.UUIDField(default=uuid.uuid4, unique=True, help_text="A repeat with this key is one decision.")
    wave_id = models.BigIntegerField(null=True, help_text="The case's wave.")
    due_at = models.DateTimeField(null=True, help_text="When the case was due as it was decided; it moves later.")
    receipt = models.CharField(max_length=64, help_text="Hash of the book's entry (SHA-256, hex).")
    entry_id = models.BigIntegerField(help_text="The book's entry.")

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(role="reversal", reverses__isnull=False) | (~Q(role="reversal") & Q(reverses__isnull=True)),
                name="cases_decision_reversal_names",
            )
        ]
        indexes = [
            models.Index(fields=["by", "-id"], name="cases_decision_by"),
            models.Index(
                fields=["wave_id", "decided_at"],
                include=["due_at", "id", "reverses"],
                condition=Q(release_at__isnull=False) | Q(role="reversal"),
                name="cases_decision_wave",
            ),
        ]


class FeedItem(models.Model):
    """A released decision's place in the decision feed. Positions have no gaps and appear in order (``sequencer``)."""

    position = models.BigIntegerField(primary_key=True)
    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="feed_item")
    released_at = models.DateTimeField()

    class Meta:
        default_permissions = ()


class ReleaseDue(models.Model):
    """A decision waiting for its release. The row goes when it is released, undone, or overtaken by new evidence."""

    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, primary_key=True, related_name="release_due")
    release_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["release_at", "decision"], name="cases_release_due")]


class Acknowledgement(models.Model):
    """A consumer's word that it has applied the feed up to ``through``."""

    consumer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    through = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["consumer", "through"], name="cases_ack_once")]


class Reopening(models.Model):
    """Why a decided case came back: the run that disputed it and the names of the fields that changed."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="reopenings")
    run = models.ForeignKey(Run, on_delete=models.PROTECT, null=True, related_name="+")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, null=True, related_name="+")
    before_exception_id = models.BigIntegerField()
    after_exception_id = models.BigIntegerField()
    cause = models.CharField(max_length=24)
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()


class QueueTally(models.Model):
    """Deltas of the number of cases by queue and state; their sum is the count. A trigger writes, beat folds."""

    id = models.BigAutoField(primary_key=True)
    queue_id = models.BigIntegerField()
    state = models.CharField(max_length=12)
    delta = models.BigIntegerField()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["queue_id", "state"], include=["delta"], name="cases_tally_sum")]


class WaveTally(models.Model):
    """Deltas of the number of cases by wave and what governance asks for; as ``QueueTally``. ``sql/wave_tally.sql``.

    ``phase`` is unresolved, settled, verified or withdrawn. ``became``: how many became an unresolved critical case.
    ``domain`` is empty for the domains of a wave that are not counted by name (``CountedDomain``).
    """

    id = models.BigAutoField(primary_key=True)
    wave_id = models.BigIntegerField()
    kind = models.CharField(max_length=12)
    severity = models.PositiveSmallIntegerField()
    domain = models.CharField(max_length=64)
    phase = models.CharField(max_length=12)
    delta = models.BigIntegerField()
    became = models.BigIntegerField(default=0)
    folded = models.BooleanField(default=False)

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(
                fields=["wave_id", "phase", "severity"],
                include=["kind", "domain", "delta", "became"],
                name="cases_wavetally_sum",
            ),
            models.Index(fields=["id"], condition=Q(folded=False), name="cases_wavetally_unfolded"),
        ]


#: So many domains of a wave are counted by name; the cases of all others together stand under the empty one.
COUNTED_DOMAINS = 200


class CountedDomain(models.Model):
    """A domain of a wave whose cases are counted by its name. Domains are free words: not all of them have one."""

    wave_id = models.BigIntegerField()
    domain = models.CharField(max_length=64)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["wave_id", "domain"], name="cases_counted_once")]


class SavedView(models.Model):
    """A named filter of the case list, of one person or shared by all who may see its queues."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="saved_views")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=500, help_text="The URL's query string.")
    shared = models.BooleanField(default=False)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="cases_view_name")]
