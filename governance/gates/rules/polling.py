"""Count votes. The rules are here in one place; ``tests/gates/rules`` states them a second time, independently.

A seat is answered by its holder; by its alternate only where the holder is recused or not able. One person fills one
seat. A recused member's ballots do not count. The sealer, the requester of a waiver in force and the resolver of a
counted critical case (``barred``) may abstain or vote NO-GO, but their approval does not count.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Container, Iterable, Sequence
from typing import Final

from governance.gates.models.signing import Choice, Outcome
from governance.gates.rules import measuring
from governance.gates.rules.evaluating import blockers, permitted
from governance.gates.rules.values import ConditionData
from governance.gates.values import BallotData, Counted, EvaluatedCriterion, PolicyData, SeatData

APPROVING: Final = frozenset({Choice.GO, Choice.GO_WITH_CONDITIONS})
#: No one decides alone, whatever a policy says.
FEWEST: Final = 2
_NOT_PERMITTED: Final = "Not all required criteria pass."


def _filled(policy: PolicyData, ballots: Iterable[BallotData]) -> dict[str, int]:
    """Map each seat to the person whose vote it waits for or has. Seats that no one can take now are left out.

    An alternate of several empty seats takes the one they answered for, else the first: required ones come first.
    """
    cast = list(ballots)
    recused = {ballot.person for ballot in cast if ballot.choice == Choice.RECUSED}
    answered = {ballot.person: ballot.seat for ballot in cast if ballot.choice != Choice.RECUSED}
    taken = {seat.code: seat.holder for seat in policy.seats if seat.holder in seat.able - recused}
    holders = {seat.holder for seat in policy.seats}
    for seat in sorted(policy.seats, key=lambda seat: not seat.required):
        stand_in = seat.alternate
        if seat.code in taken or stand_in is None or stand_in not in seat.able - recused - holders:
            continue
        if stand_in not in taken.values() and answered.get(stand_in, seat.code) == seat.code:
            taken[seat.code] = stand_in
    return taken


def waits_for(seat: SeatData, policy: PolicyData, ballots: Iterable[BallotData]) -> int | None:
    """Return whose vote this seat waits for or has: its holder, else its alternate; None if no one can take it."""
    return _filled(policy, ballots).get(seat.code)


def seat_of(policy: PolicyData, ballots: Iterable[BallotData], person: int) -> SeatData | None:
    """The seat that this person fills now, or None."""
    taken = _filled(policy, ballots)
    return next((seat for seat in policy.seats if taken.get(seat.code) == person), None)


def chair(policy: PolicyData, ballots: Iterable[BallotData]) -> int | None:
    """Who answers for the chair now."""
    taken = _filled(policy, ballots)
    return next((taken.get(seat.code) for seat in policy.seats if seat.chair), None)


def unheard(policy: PolicyData, ballots: Iterable[BallotData]) -> list[SeatData]:
    """Return the seats that can still vote and have not."""
    cast = list(ballots)
    taken = _filled(policy, cast)
    heard = {(ballot.seat, ballot.person) for ballot in cast}
    return [seat for seat in policy.seats if seat.code in taken and (seat.code, taken[seat.code]) not in heard]


def count(
    policy: PolicyData, ballots: Iterable[BallotData], *, criteria_permit: bool, barred: Container[int] = ()
) -> Counted:
    """What the poll comes to. ``outcome`` is a value of ``Outcome``: the best that is open to the board.

    ``criteria_permit``: every blocking criterion permitted in the package and now. ``barred``: who may not approve.
    ``vetoes`` and ``missing`` hold codes of seats. ``seats`` are those that can vote. ``escalate``: too
    few people are left to answer for a GO, whatever they say.
    """
    cast = list(ballots)
    taken = _filled(policy, cast)
    lone = {person for person, times in Counter(ballot.person for ballot in cast).items() if times == 1}
    heard = [one for one in cast if one.person in lone and taken.get(one.seat) == one.person]
    heard = [one for one in heard if one.choice != Choice.RECUSED]
    idle = [one for one in heard if one.choice in APPROVING and one.person in barred]
    heard = [one for one in heard if one not in idle]
    approvals = [one for one in heard if one.choice in APPROVING]
    vetoes = _vetoes(policy.seats, cast)
    missing = [seat for seat in policy.seats if seat.required and seat.code not in {one.seat for one in heard}]
    escalations = _escalations(policy, taken, barred)
    reasons = [] if criteria_permit else [_NOT_PERMITTED]
    reasons += _unlawful(policy)
    reasons += [f"{seat.title} vetoed: NO-GO." for seat in vetoes]
    reasons += escalations
    reasons += [f"{seat.title} has not voted. This vote is required." for seat in missing if seat.code in taken]
    reasons += _too_few(policy, present=len(heard), go=len(approvals))
    if reasons:  # an approval that does not count is no reason of its own: the others may suffice
        reasons += [_uncounted(_titled(policy, one.seat)) for one in idle]
    return Counted(
        outcome=_best(reasons, approvals),
        present=len(heard),
        seats=len(taken),
        go=len(approvals),
        choices=_choices(heard, cast),
        vetoes=tuple(seat.code for seat in vetoes),
        missing=tuple(seat.code for seat in missing),
        reasons=tuple(reasons),
        escalate=bool(escalations),
    )


def _uncounted(title: str) -> str:
    return f"The vote of {title} does not count: they may not approve this package."


def _unmet(conditions: Iterable[ConditionData], now: dt.datetime) -> tuple[str, ...]:
    """A sentence for each condition that is not met at ``now``."""
    return tuple(
        f"The condition “{condition.text}” is not met." for condition in conditions if not _is_met(condition, now)
    )


def findings(
    evaluated: Iterable[EvaluatedCriterion], counted: Counted, conditions: Iterable[ConditionData], now: dt.datetime
) -> tuple[str, ...]:
    """What stands against beginning at T-0; nothing means that the revalidation is passed."""
    every = list(evaluated)
    found = [one.sentence for one in blockers(every)]
    if not found and not permitted(every):
        found = ["No criterion blocks this gate: there is nothing that a GO could rest on."]
    if counted.outcome == Outcome.NO_GO:
        found += [reason for reason in counted.reasons if reason != _NOT_PERMITTED]
        found = found or ["The votes do not support a GO."]
    return (*found, *_unmet(conditions, now))


def _best(reasons: Sequence[str], approvals: Sequence[BallotData]) -> str:
    if reasons:
        return Outcome.NO_GO.value
    bound = any(one.choice == Choice.GO_WITH_CONDITIONS for one in approvals)
    return (Outcome.GO_WITH_CONDITIONS if bound else Outcome.GO).value


def _choices(heard: Iterable[BallotData], cast: Iterable[BallotData]) -> dict[str, int]:
    """Ballots by choice: those that count, and the recusals."""
    found = Counter(one.choice for one in heard)
    found[Choice.RECUSED] = len({one.person for one in cast if one.choice == Choice.RECUSED})
    return {choice.value: found[choice] for choice in Choice}


def _vetoes(seats: Iterable[SeatData], cast: Sequence[BallotData]) -> list[SeatData]:
    """Seats with a veto that said NO-GO. One that was said stands even if its person lost the right to vote since."""
    recused = {one.person for one in cast if one.choice == Choice.RECUSED}
    against = {(one.seat, one.person) for one in cast if one.choice == Choice.NO_GO and one.person not in recused}
    return [seat for seat in seats if seat.vetoes and against & {(seat.code, seat.holder), (seat.code, seat.alternate)}]


def _unlawful(policy: PolicyData) -> list[str]:
    if min(policy.quorum, policy.go_needed) >= FEWEST:
        return []
    return [f"The policy requires only {min(policy.quorum, policy.go_needed)} votes. The minimum is {FEWEST}."]


def _escalations(policy: PolicyData, taken: dict[str, int], barred: Container[int]) -> list[str]:
    """Why this board cannot reach a GO with the people who are left."""
    empty = [seat for seat in policy.seats if seat.required and seat.code not in taken]
    found = [f"{seat.title} is required, but no eligible member is available." for seat in empty]
    if len(taken) < policy.quorum:
        found.append(f"Only {len(taken)} seats can vote. The quorum is {policy.quorum}.")
    independent = sum(1 for person in taken.values() if person not in barred)
    if independent < policy.go_needed:
        found.append(f"Only {independent} eligible members can approve. {policy.go_needed} are required.")
    return found


def _too_few(policy: PolicyData, *, present: int, go: int) -> list[str]:
    found = []
    if present < policy.quorum:
        found.append(f"Quorum not met: {present} of {policy.quorum} present.")
    if go < policy.go_needed:
        found.append(f"{go} of {policy.go_needed} required GO votes.")
    return found


def _titled(policy: PolicyData, code: str) -> str:
    return next((seat.title for seat in policy.seats if seat.code == code), code)


def _is_met(condition: ConditionData, now: dt.datetime) -> bool:
    if not condition.measure:
        at = condition.met_at
        return condition.met_by == condition.asked_by and at is not None and at <= now + measuring.CLOCKS
    reading = condition.reading
    value = measuring.exactly(reading.value) if reading and not reading.missing else None
    if reading is None or value is None or reading.as_of is None or reading.as_of.tzinfo is None:
        return False
    age = now - reading.as_of
    fresh = -measuring.CLOCKS <= age <= dt.timedelta(seconds=condition.max_age)
    return fresh and measuring.keeps(value, condition.operator, condition.threshold) is True
