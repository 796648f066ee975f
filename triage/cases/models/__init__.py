"""Cases, the claims on them and the decisions made on them; one module a subject."""

from __future__ import annotations

from triage.cases.models.case import Case, Claim, HeldRecord, Member, MigrationException, Occurrence
from triage.cases.models.decision import REVERSE, UNDO, Acknowledgement, Decision, FeedItem, ReleaseDue, Reopening, Role
from triage.cases.models.handover import Handover
from triage.cases.models.proof import Proof, Replacement, Why
from triage.cases.models.reports import ReportedChange
from triage.cases.models.states import State
from triage.cases.models.tallies import COUNTED_DOMAINS, PAST_CUTOVER, CountedDomain, QueueTally, WaveTally
from triage.cases.models.views import SavedView

__all__ = [
    "COUNTED_DOMAINS",
    "PAST_CUTOVER",
    "REVERSE",
    "UNDO",
    "Acknowledgement",
    "Case",
    "Claim",
    "CountedDomain",
    "Decision",
    "FeedItem",
    "Handover",
    "HeldRecord",
    "Member",
    "MigrationException",
    "Occurrence",
    "Proof",
    "QueueTally",
    "ReleaseDue",
    "Reopening",
    "Replacement",
    "ReportedChange",
    "Role",
    "SavedView",
    "State",
    "WaveTally",
    "Why",
]
