"""Change cases and the feed. Every verb is one transaction and one audit log entry."""

from __future__ import annotations

from triage.cases.actions.ahead import claim_ahead, release_ahead, take_ahead
from triage.cases.actions.claims import (
    Claimed,
    claim,
    listed,
    opened,
    release_claim,
    remove_claim,
    renew,
    resume,
    reveal,
)
from triage.cases.actions.decisions import Decided, Undone, decide, reverse, undo
from triage.cases.actions.handing import hand_over, take_back
from triage.cases.actions.next_case import claim_next
from triage.cases.actions.releases import acknowledge, read_feed

__all__ = [
    "Claimed",
    "Decided",
    "Undone",
    "acknowledge",
    "claim",
    "claim_ahead",
    "claim_next",
    "decide",
    "hand_over",
    "listed",
    "opened",
    "read_feed",
    "release_ahead",
    "release_claim",
    "remove_claim",
    "renew",
    "resume",
    "reveal",
    "reverse",
    "take_ahead",
    "take_back",
    "undo",
]
