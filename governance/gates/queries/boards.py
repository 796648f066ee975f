"""Who may answer a gate: policies with their seats, who is entitled to vote, and who may not approve."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from django.db.models import Exists, OuterRef
from guardian.models import UserObjectPermission

from console.people.models import User, UserKind
from governance import subjects
from governance.gates.models import DecisionPackage, Gate, Policy, Seat, Waiver
from governance.gates.values import PolicyData, SeatData
from governance.subjects import Subject

VOTE: Final = "waves.vote_gates"


def current(gates: Iterable[Gate]) -> dict[int, Policy]:
    """Gate → its current policy. One query; see ``seats``."""
    rows = Policy.objects.filter(gate__in=list(gates)).order_by("gate_id", "-version").distinct("gate_id")
    return {row.gate_id: row for row in rows}


def seats(policies: Iterable[int]) -> dict[int, tuple[Seat, ...]]:
    """Policy → its seats in their order, with holders and alternates. One query."""
    found: dict[int, list[Seat]] = defaultdict(list)
    rows = Seat.objects.filter(policy__in=set(policies)).select_related("holder", "alternate")
    for seat in rows.order_by("order", "id"):
        found[seat.policy_id].append(seat)
    return {policy: tuple(rows) for policy, rows in found.items()}


def people_of(seats: Iterable[Seat]) -> set[int]:
    """Return the keys of the members and alternates of these seats."""
    found = [(seat.holder_id, seat.alternate_id) for seat in seats]
    return {key for pair in found for key in pair if key is not None}


def entitled(people: Mapping[Subject, Iterable[int]]) -> dict[Subject, frozenset[int]]:
    """Return those who may vote on gates of each subject: active people who hold ``vote_gates`` on it.

    As ``subjects.may`` has it. Where that asks the subject's waves or the console, two queries answer for all of them.
    """
    asked = {subject: frozenset(of) for subject, of in people.items()}
    rows = User.objects.filter(pk__in=frozenset().union(*asked.values()), is_active=True, kind=UserKind.PERSON)
    by_role = User.user_permissions.through.objects.filter(
        user=OuterRef("pk"), permission__codename="vote_gates", permission__content_type__app_label="waves"
    )
    active = {person.pk: person for person in rows.annotate(everywhere=Exists(by_role))}
    granted = _granted({wave for subject in asked for wave in subject.wave_ids}, active)

    def able(person: int, subject: Subject) -> bool:
        if subjects.kind_of(subject.kind).may is not subjects.may_on_waves:
            return subjects.may(active[person], VOTE, subject)
        on_all = bool(subject.waves) and all((person, wave) in granted for wave in subject.wave_ids)
        return on_all or active[person].everywhere

    return {
        subject: frozenset(person for person in of & active.keys() if able(person, subject))
        for subject, of in asked.items()
    }


def _granted(waves: Iterable[int], people: Iterable[int]) -> set[tuple[int, int]]:
    """Return the pairs of a person and a wave on which they hold ``vote_gates``."""
    rows = UserObjectPermission.objects.filter(
        user__in=list(people),
        permission__codename="vote_gates",
        permission__content_type__app_label="waves",
        permission__content_type__model="wave",
        object_pk__in=[str(wave) for wave in waves],
    )
    return {(person, int(wave)) for person, wave in rows.values_list("user_id", "object_pk")}


def as_seen(policy: Policy, seats: Iterable[Seat], able: frozenset[int]) -> PolicyData:
    """A policy as the rules see it. ``able``: who is entitled to vote on its wave."""
    return PolicyData(
        version=policy.version,
        quorum=policy.quorum,
        go_needed=policy.go_needed,
        seats=tuple(
            SeatData(
                code=seat.code,
                title=seat.title,
                required=seat.required,
                chair=seat.chair,
                vetoes=frozenset(seat.vetoes),
                holder=seat.holder_id,
                alternate=seat.alternate_id,
                able=able & {seat.holder_id, seat.alternate_id},
            )
            for seat in seats
        ),
    )


def barred(package: DecisionPackage, waivers: Iterable[Waiver], resolvers: Iterable[int]) -> Mapping[int, str]:
    """Who may not approve this package, and why: a phrase that goes on from "You ".

    These are the sealer, requesters of waivers in force, and resolvers of critical cases of the wave (``resolvers``).
    """
    found = dict.fromkeys(resolvers, "settled a critical case that this package counts")
    found |= {waiver.requested_by_id: "requested a waiver that this package relies on" for waiver in waivers}
    return found | {package.sealed_by_id: "sealed this package"}
