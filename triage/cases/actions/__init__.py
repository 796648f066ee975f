"""What changes cases, queues and the feed. Every verb is one transaction and one entry in the book."""

from __future__ import annotations

from triage.cases.actions.claims import (
    Claimed,
    claim,
    claim_next,
    give_back,
    listed,
    opened,
    renew,
    resume,
    reveal,
    take_away,
)
from triage.cases.actions.decisions import Decided, Undone, decide, reverse, undo
from triage.cases.actions.releases import acknowledge, read_feed

__all__ = [
    "Claimed",
    "Decided",
    "Undone",
    "acknowledge",
    "claim",
    "claim_next",
    "decide",
    "give_back",
    "listed",
    "opened",
    "read_feed",
    "renew",
    "resume",
    "reveal",
    "reverse",
    "take_away",
    "undo",
]
