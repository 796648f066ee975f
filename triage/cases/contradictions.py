"""Settled decisions that a verdict contradicts, as pages, the API and refusals name them. One query."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from console.ui.dates import utc
from triage.cases import kinds
from triage.cases.models import Case, Decision, State


@dataclass(frozen=True, slots=True)
class Contradicted:
    """A settled decision: on which case, by whom and when. ``ref`` names the case."""

    decision: int
    ref: str
    verdict: str
    label: str
    by_id: int
    by: str
    decided_at: dt.datetime
    queue_id: int
    released: bool
    stands: bool

    @property
    def sentence(self) -> str:
        """``EX-3 (Different people, Ana, 28-Nov-2026 22:05 UTC)``."""
        return f"{self.ref} ({self.label}, {self.by}, {utc(self.decided_at)})"


def named(decisions: Iterable[int]) -> list[Contradicted]:
    """These decisions in ascending order."""
    found = Decision.objects.filter(pk__in=list(decisions)).select_related("case", "by", "feed_item").order_by("pk")
    return [
        Contradicted(
            decision=one.pk,
            ref=one.case.ref,
            verdict=one.verdict,
            label=kinds.look(one.case.kind, one.verdict).word,
            by_id=one.by_id,
            by=str(one.by),
            decided_at=one.decided_at,
            queue_id=one.case.queue_id,
            released=hasattr(one, "feed_item"),
            stands=one.case.decision_id == one.pk,
        )
        for one in found
    ]


def sentence(decision: Decision, case: Case, earlier: Iterable[Contradicted]) -> str:
    """What became of a verdict that contradicts earlier decisions, for the person who made it."""
    said = "; ".join(one.sentence for one in earlier)
    return (
        f"{case.ref}: “{kinds.look(case.kind, decision.verdict).word}” contradicts {said}. It was not settled. "
        f"The case is in “{case.queue}”, where a third person decides."
    )


class Listed(Protocol):
    """What of a row of a list is asked for."""

    @property
    def id(self) -> int:
        """The number of the case."""

    @property
    def kind(self) -> str:
        """The code of its kind."""

    @property
    def state(self) -> str:
        """Its state."""


def left_out(rows: Iterable[Listed]) -> dict[int, str]:
    """Of the rows of a list those whose decision stands but contradicts others, with words that say so.

    One query a kind with a ledger, and none for rows that are not settled.
    """
    settled: dict[str, list[int]] = {}
    for row in rows:
        if row.state in State.SETTLED:
            settled.setdefault(row.kind, []).append(row.id)
    found: dict[int, str] = {}
    for code, cases in settled.items():
        ledger = kind.ledger if (kind := kinds.find(code)) else None
        for case, other in (ledger.left_out(cases) if ledger else {}).items():
            found[case] = f"Contradicts EX-{other}" if other else "Contradicts other decisions"
    return found
