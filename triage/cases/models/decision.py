"""Decisions, their release into the feed, and why a decided case came back."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Final, Literal, TypeAlias

from django.conf import settings
from django.db import models
from django.db.models import Q

from triage.cases.models.case import Case
from triage.runs.models import Run, Source

#: Verdicts of cases themselves, whatever the kind: a decision undone before its release, or reversed after it.
UNDO: Final = "UNDO"
REVERSE: Final = "REVERSE"

#: Keys of ``Decision.details``: the queue that a case was transferred to, and the one it moved on to when settled.
TRANSFERRED: Final = "escalated_to"
MOVED_ON: Final = "handed_to"
#: Of a verdict that contradicts settled decisions and so settles nothing: these decisions, and who made them.
CONTRADICTS: Final = "contradicts"
CONTRADICTED_BY: Final = "contradicted_by"
#: Where a case that was sent to another queue came from, so that its decision can be undone: queue, severity, priority.
CAME_FROM: Final = "came_from"
#: Of a deferral past the cutover that another person must agree to: the queue in which it waits for them.
PROPOSED_IN: Final = "proposed_in"
#: Of the decision that agreed to such a proposal, or declined it: the proposal.
ANSWERS: Final = "answers"
#: How long a deferral lasts: until the first of the case's waves has cut over (``details["until"]``), or to a time.
CUTOVER: Final = "cutover"
Until: TypeAlias = dt.datetime | Literal["cutover"]


_SENT_BY: Final = (TRANSFERRED, MOVED_ON, PROPOSED_IN)


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
    content = models.JSONField(null=True, help_text="What the verdict carries, as its kind read it: canonical JSON.")
    details = models.JSONField(default=dict, help_text="What the verdict needs besides: until, asked of, records.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="decisions")
    claimed_at = models.DateTimeField(
        null=True, help_text="When its reviewer claimed the case; empty for reversals, and for those made before."
    )
    decided_at = models.DateTimeField()
    seen_revision = models.PositiveIntegerField()
    seen_exception_id = models.BigIntegerField(help_text="The evidence the reviewer saw.")
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="reversed_by")
    release_at = models.DateTimeField(null=True, help_text="When it may be released; empty: never (a deferral).")
    request_key = models.UUIDField(default=uuid.uuid4, unique=True, help_text="A repeat with this key is one decision.")
    wave_id = models.BigIntegerField(null=True, help_text="The case's wave.")
    due_at = models.DateTimeField(null=True, help_text="When the case was due as it was decided; it moves later.")
    receipt = models.CharField(max_length=64, help_text="Hash of the audit log entry (SHA-256, hex).")
    entry_id = models.BigIntegerField(help_text="The audit log entry.")

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

    @property
    def undoes(self) -> bool:
        """True for a decision that takes another one back before its release."""
        return self.verdict == UNDO

    @property
    def transferred_to(self) -> int | None:
        """The queue that it transferred the case to; None for a decision that did not."""
        found: int | None = self.details.get(TRANSFERRED)
        return found

    @property
    def proposes(self) -> bool:
        """True for a deferral past the cutover that another person must agree to."""
        return PROPOSED_IN in self.details

    @property
    def past_cutover(self) -> bool:
        """True for a deferral until the cutover, whether proposed or in force."""
        return bool(self.details.get("until") == CUTOVER)

    @property
    def puts_off(self) -> bool:
        """True for one that leaves the question of its case as it is: a deferral, or a question to a person."""
        return self.role != Role.REVERSAL and self.release_at is None and self.transferred_to is None

    @property
    def contradicts(self) -> list[int]:
        """The settled decisions that it contradicts; empty for one that contradicts none."""
        found: list[int] = self.details.get(CONTRADICTS, [])
        return found

    def bars(self, user: int, queue: int) -> bool:
        """True if it sent the case to this queue, where another person must decide it than its authors."""
        return self.transferred_to == queue and user in {self.by_id, *self.details.get(CONTRADICTED_BY, ())}

    @property
    def sent_to(self) -> int | None:
        """The queue that it sent the case to, whether it settled the case or not; None for one that stayed.

        A proposal sends its case to the same queue, where another person answers it.
        """
        found: int | None = next((self.details[k] for k in _SENT_BY if k in self.details), None)
        return found


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
    """A consumer's word that it has applied the decisions of a source up to ``through``.

    Without a source it covers every source: all that were made before acknowledgements named one.
    """

    consumer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    through = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["consumer", "source", "through"], nulls_distinct=False, name="cases_ack_once"
            )
        ]
        indexes = [models.Index(fields=["source", "through"], name="cases_ack_source")]


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
