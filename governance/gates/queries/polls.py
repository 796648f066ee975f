"""What a person may see of a vote. Blinding is implemented here and nowhere else.

Until voting closes, everyone sees who has voted, and only their own vote. Afterwards all votes are visible, except to
recused members: they see only their own recusal until the board has decided.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from console.people.models import User
from governance.gates import rules
from governance.gates.models import Ballot, Choice, Condition, DecisionPackage, Seat, Signature
from governance.gates.queries import packages
from governance.gates.queries.status import GateStatus, conditions
from governance.gates.rules import ConditionData
from governance.gates.values import Counted


@dataclass(frozen=True, slots=True)
class SeatView:
    """A seat as a person may see it.

    ``waits_for``: whose vote it waits for, None once it has one or when no one can vote. ``answered`` whether it has
    a vote; ``ballots`` those that this person may see, a holder's recusal before the alternate's ballot.
    """

    seat: Seat
    waits_for: User | None
    answered: bool
    ballots: tuple[Ballot, ...]


@dataclass(frozen=True, slots=True)
class PollView:
    """A poll as one person may see it. ``open``: the ballots are told; ``counted`` is None until then.

    ``mine`` is this person's own ballot, ``seat`` the seat that they fill and have not answered for.
    """

    told: bool
    seats: tuple[SeatView, ...]
    answered: int
    mine: Ballot | None
    seat: Seat | None
    counted: Counted | None
    signatures: tuple[Signature, ...]
    conditions: tuple[tuple[Condition, ConditionData], ...]


def is_told(package: DecisionPackage | None, user: User, ballots: Iterable[Ballot] | None = None) -> bool:
    """Whether this person may see what others answered. ``ballots``: those of the package, where they are at hand."""
    if package is None or getattr(package, "consolidation", None) is None:
        return False
    cast = Ballot.objects.filter(package=package, person=user) if ballots is None else ballots
    recused = any(row.person_id == user.pk and row.choice == Choice.RECUSED for row in cast)
    return not recused or getattr(package, "decision", None) is not None


def poll(standing: GateStatus, seats: tuple[Seat, ...], user: User) -> PollView | None:
    """The poll on the newest package as ``user`` may see it; None when nothing was sealed. ``seats``: its policy's."""
    package, seen = standing.package, standing.seen
    if package is None or seen is None:
        return None
    told = is_told(package, user, standing.ballots)
    shown = tuple(row for row in standing.ballots if told or row.person_id == user.pk)
    mine = next((row for row in standing.ballots if row.person_id == user.pk), None)
    free = rules.seat_of(seen.policy, packages.ballots_seen(standing.ballots), user.pk) if mine is None else None
    views = tuple(_seat(seat, standing, shown) for seat in seats)
    signed = Signature.objects.filter(package=package).select_related("person", "ballot__seat").order_by("place")
    return PollView(
        told=told,
        seats=views,
        answered=sum(view.answered for view in views),
        mine=mine,
        seat=next((seat for seat in seats if free is not None and seat.code == free.code), None),
        counted=standing.counted if told else None,
        signatures=tuple(row for row in signed if told or row.person_id == user.pk),
        conditions=tuple(conditions(package, standing.snapshot.at)) if told else (),
    )


def _seat(seat: Seat, standing: GateStatus, shown: tuple[Ballot, ...]) -> SeatView:
    assert standing.seen is not None
    cast = packages.ballots_seen(standing.ballots)
    answered = any(one.seat == seat.code and one.choice != Choice.RECUSED for one in cast)
    place = next(one for one in standing.seen.policy.seats if one.code == seat.code)
    person = None if answered else rules.waits_for(place, standing.seen.policy, cast)
    people = {seat.holder_id: seat.holder, seat.alternate_id: seat.alternate}
    heard = any((one.seat, one.person) == (seat.code, person) for one in cast)
    return SeatView(
        seat=seat,
        waits_for=None if person is None or heard else people.get(person),
        answered=answered or heard,
        ballots=tuple(row for row in shown if row.seat_id == seat.pk),
    )
