"""Who must answer a gate, and how many: the next version of its policy, with its seats."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from console.audit import log
from console.errors import Invalid
from console.people.models import User
from governance import versions
from governance.gates.actions import locks
from governance.gates.causes import GateCause
from governance.gates.models import Gate, Policy, Seat
from governance.gates.queries import boards
from governance.risks.models import Domain
from governance.subjects import kind_of, require
from governance.subjects import locks as subject_locks


@dataclass(frozen=True, slots=True)
class Place:
    """One seat of a board as it is to be. ``vetoes`` are risk domains."""

    code: str
    title: str
    holder: User
    alternate: User | None = None
    required: bool = True
    chair: bool = False
    vetoes: tuple[str, ...] = ()


def change_policy(
    *,
    gate: Gate,
    places: Sequence[Place],
    quorum: int,
    go_needed: int,
    reason: str,
    seen: int,
    by: User,
    freezes: bool = False,
    poll_hours: int = 72,
    valid_hours: int = 168,
) -> Policy:
    """Give a gate its board: the first policy (``seen`` 0), or the next version of it (``seen``: the one looked at).

    Raises Denied, Stale, Invalid for a board that could decide alone, has no chair, or holds a person twice.
    """
    require(by, "waves.manage_gates", gate.subject, to="seat the board of this gate")
    _check(places, quorum, go_needed, reason, poll_hours, valid_hours)
    with log.transaction(by=by, purpose="change_policy"):
        gate = locks.hold(gate, by)
        last = versions.last_of(Policy.objects.filter(gate=gate))
        number = versions.next_number(last, seen, f"The board of {gate.ref}")
        _able(gate, places)
        policy = Policy(gate=gate, version=number, quorum=quorum, go_needed=go_needed, freezes=freezes)
        policy.poll_hours, policy.valid_hours, policy.reason = poll_hours, valid_hours, reason.strip()
        policy.by, policy.at = by, timezone.now()
        policy.save(force_insert=True)
        Seat.objects.bulk_create(_seat(policy, place, order) for order, place in enumerate(places, start=1))
        facts = {"version": policy.version, "reason": reason.strip(), "seats": len(places), "quorum": quorum}
        log.record("gate.policy_changed", subject=gate, by=by, facts=facts | {"go_needed": go_needed})
        subject_locks.publish(GateCause.POLICY_CHANGED, gate.subject, by=by, about=gate.ref)
    return policy


def _seat(policy: Policy, place: Place, order: int) -> Seat:
    return Seat(
        policy=policy,
        code=place.code,
        title=place.title.strip(),
        required=place.required,
        chair=place.chair,
        vetoes=sorted(set(place.vetoes)),
        holder=place.holder,
        alternate=place.alternate,
        order=order * 10,
    )


def _check(
    places: Sequence[Place], quorum: int, go_needed: int, reason: str, poll_hours: int, valid_hours: int
) -> None:
    """Raise Invalid for a board that no GO could come from, or that one person could decide for."""
    if not reason.strip() or len(reason) > 300:
        raise Invalid("Say why, in at most 300 characters.")
    if not 2 <= len(places) <= 32:
        raise Invalid("A board needs at least 2 seats.")
    if not (2 <= quorum <= len(places) and 2 <= go_needed <= len(places)):
        raise Invalid("Quorum and required GO votes must be between 2 and the number of seats.")
    if not (1 <= poll_hours <= 10_000 and 1 <= valid_hours <= 10_000):
        raise Invalid("Voting time and GO validity must be 1 to 10,000 hours.")
    if sum(place.chair for place in places) != 1 or not next(place for place in places if place.chair).required:
        raise Invalid("The board needs exactly one chair, and the chair's seat must be required.")
    if any(not place.title.strip() or len(place.title) > 100 or not _slug(place.code) for place in places):
        raise Invalid("Every seat needs a title and a short name of letters, digits and hyphens.")
    twice = [code for code, times in Counter(place.code for place in places).items() if times > 1]
    if twice:
        raise Invalid(f"The short name “{twice[0]}” is given to two seats.")
    if any(not set(place.vetoes) <= set(Domain.values) for place in places):
        raise Invalid("Choose a risk domain for the veto.")
    everybody = [person.pk for place in places for person in (place.holder, place.alternate) if person is not None]
    again = [pk for pk, times in Counter(everybody).items() if times > 1]
    if again:
        name = next(str(p) for place in places for p in (place.holder, place.alternate) if p and p.pk == again[0])
        raise Invalid(f"{name} appears twice. Each person can be a member or an alternate once.")


def _able(gate: Gate, places: Sequence[Place]) -> None:
    everybody = [person for place in places for person in (place.holder, place.alternate) if person is not None]
    able = boards.entitled({gate.subject: [person.pk for person in everybody]})[gate.subject]
    unable = [str(person) for person in everybody if person.pk not in able]
    if unable:
        label = kind_of(gate.subject_kind).label
        raise Invalid(f"{unable[0]} may not vote on gates of this {label}. Grant the board's role first.")


def _slug(code: str) -> bool:
    return 0 < len(code) <= 40 and code.replace("-", "").replace("_", "").isalnum() and code.isascii()
