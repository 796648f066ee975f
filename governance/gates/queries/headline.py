"""The first lines of a gate: what blocks it, and who must act, in words for a reader with ten seconds."""

from __future__ import annotations

from typing import Final

from governance.gates import rules
from governance.gates.models import Kind, Seat
from governance.gates.packages.snapshots import Held
from governance.gates.queries import packages
from governance.gates.queries.status import GateStatus
from governance.gates.rules import GateState

_WHO: Final = {
    Kind.RATIO: "the data owner of this measure",
    Kind.COUNT_IS_ZERO: "identity reviewers",
    Kind.WINDOW: "the data owner of this measure",
    Kind.RECENCY: "a migration steward or operator",
    Kind.RISK_CEILING: "the risk owners",
    Kind.CONTROL_TEST: "a migration steward or operator",
    Kind.PRIOR_GATE: "the board of the previous gate",
    Kind.ATTESTATION: "a migration steward or operator",
}
_NEEDS_NEW_PACKAGE: Final = frozenset(
    {GateState.COLLECTING, GateState.SUPERSEDED, GateState.WITHDRAWN, GateState.LAPSED, GateState.NO_GO}
)


def what_blocks(standing: GateStatus) -> tuple[str, ...]:
    """What stands between this gate and a GO now, worst first, a sentence each; nothing when nothing does."""
    found = [one.sentence for one in rules.blockers(standing.snapshot.evaluated)]
    if standing.snapshot.policy is None:
        found.append("This gate has no board yet.")
    if standing.state == GateState.CONSOLIDATED and standing.counted and not found:
        found += standing.counted.reasons
    if standing.state == GateState.SUPERSEDED and standing.package and not packages.has_ended(standing.package):
        found = [change.sentence for change in standing.material] + found
    return tuple(dict.fromkeys(found))


def who_must_act(standing: GateStatus, seats: tuple[Seat, ...]) -> str:
    """Who moves this gate on, one sentence; ``seats`` are those of the newest package's policy."""
    state = standing.state
    if state in _NEEDS_NEW_PACKAGE:
        blocking = [held for held in standing.snapshot.criteria if held.version.blocking and not held.evaluated.permits]
        if blocking:
            return _sentence(list(dict.fromkeys(map(_acts, blocking))))
        if standing.snapshot.policy is None:
            return "A migration steward must appoint the board."
        return "A migration steward must seal the decision package."
    if state == GateState.POLLING:
        return _voters(standing, seats)
    if state == GateState.CONSOLIDATED:
        return f"{_chair(standing, seats)} must sign the board's decision."
    if state in (GateState.GO, GateState.GO_WITH_CONDITIONS):
        return "A migration operator must run the T-0 check and start."
    return "No action needed."


def _acts(held: Held) -> str:
    owner = held.criterion.owner
    return str(owner) if owner is not None else _WHO[Kind(held.version.kind)]


def _sentence(names: list[str]) -> str:
    said = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    return f"{said[:1].upper()}{said[1:]}."


def _voters(standing: GateStatus, seats: tuple[Seat, ...]) -> str:
    assert standing.seen is not None
    board, cast = standing.seen.policy, packages.ballots_seen(standing.ballots)
    people = {key: who for seat in seats for key, who in _of(seat).items()}
    waiting = [person for seat in board.seats if (person := rules.waits_for(seat, board, cast)) is not None]
    answered = {one.person for one in cast}
    names = [people[person] for person in waiting if person not in answered and person in people]
    return _sentence(names)[:-1] + (" vote." if len(names) > 1 else " votes.") if names else _ends(standing, seats)


def _ends(standing: GateStatus, seats: tuple[Seat, ...]) -> str:
    return f"{_chair(standing, seats)} can close voting: all votes are in."


def _chair(standing: GateStatus, seats: tuple[Seat, ...]) -> str:
    assert standing.seen is not None
    key = rules.chair(standing.seen.policy, packages.ballots_seen(standing.ballots))
    return next((_of(seat)[key] for seat in seats if key is not None and key in _of(seat)), "The chair")


def _of(seat: Seat) -> dict[int, str]:
    found = {seat.holder_id: str(seat.holder)}
    return found | ({seat.alternate_id: str(seat.alternate)} if seat.alternate_id else {})
