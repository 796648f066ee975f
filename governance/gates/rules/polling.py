"""Counting a poll. The law stands here in one place; ``tests/gates/rules`` states it a second time, independently.

A seat is answered by its holder; by its alternate only where the holder is recused or not able. One person fills one
seat. A recused person's ballots count for nothing. Whoever sealed the package, asked for a waiver in force or resolved
a counted critical case (``barred``) may abstain or say NO-GO, but their approval does not count.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Iterable

from governance.gates.models.signing import Choice
from governance.gates.rules.values import ConditionSeen
from governance.gates.terms import BallotSeen, Counted, Judged, PolicySeen, SeatSeen

APPROVING = frozenset({Choice.GO, Choice.GO_WITH_CONDITIONS})


def waits_for(seat: SeatSeen, policy: PolicySeen, ballots: Iterable[BallotSeen]) -> int | None:
    """Whose answer this seat waits for or has: its holder, else its alternate; None if nobody can take it."""
    raise NotImplementedError


def seat_of(policy: PolicySeen, ballots: Iterable[BallotSeen], person: int) -> SeatSeen | None:
    """The seat that this person fills now, or None."""
    raise NotImplementedError


def chair(policy: PolicySeen, ballots: Iterable[BallotSeen]) -> int | None:
    """Who answers for the chair now."""
    raise NotImplementedError


def count(
    policy: PolicySeen, ballots: Iterable[BallotSeen], *, criteria_permit: bool, barred: Container[int] = ()
) -> Counted:
    """What the poll comes to. ``outcome`` is a value of ``Outcome``: the best that is open to the board.

    ``criteria_permit``: every blocking criterion permitted in the package and now. ``barred``: who may not approve.
    ``vetoes`` and ``missing`` hold codes of seats. ``escalate``: this poll can never reach a GO, whoever still votes.
    """
    raise NotImplementedError


def unmet(conditions: Iterable[ConditionSeen], now: dt.datetime) -> tuple[str, ...]:
    """A sentence for each condition that is not met at ``now``."""
    raise NotImplementedError


def findings(
    judged: Iterable[Judged], counted: Counted, conditions: Iterable[ConditionSeen], now: dt.datetime
) -> tuple[str, ...]:
    """What stands against beginning at T-0; nothing means that the revalidation is passed."""
    raise NotImplementedError
