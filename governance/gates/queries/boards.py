"""Who may answer a gate: policies with their seats, who is entitled to vote, and who may not approve."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet
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
    """The keys of everybody who sits on these seats or stands in for them."""
    found = [(seat.holder_id, seat.alternate_id) for seat in seats]
    return {key for pair in found for key in pair if key is not None}


def entitled(subject: Subject, people: Iterable[int]) -> frozenset[int]:
    """Return those who may vote on gates of the subject: active people who hold ``vote_gates`` on it.

    As ``subjects.may`` has it; where that asks the subject's waves, or the console, in one query for many people.
    """
    rows = User.objects.filter(pk__in=set(people), is_active=True, kind=UserKind.PERSON)
    if subjects.kind_of(subject.kind).may is not subjects.may_on_waves:
        return frozenset(person.pk for person in rows if subjects.may(person, VOTE, subject))
    by_role = Q(user_permissions__codename="vote_gates", user_permissions__content_type__app_label="waves")
    if subject.waves:
        by_role |= Q(*[Exists(_granted_on(key)) for key in subject.wave_ids])
    return frozenset(rows.filter(by_role).values_list("pk", flat=True))


def _granted_on(wave: int) -> QuerySet[UserObjectPermission]:
    return UserObjectPermission.objects.filter(
        user=OuterRef("pk"),
        permission__codename="vote_gates",
        permission__content_type__app_label="waves",
        permission__content_type__model="wave",
        object_pk=str(wave),
    )


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

    Whoever sealed it, asked for a waiver in force, or settled a critical case of the wave (``resolvers``).
    """
    found = dict.fromkeys(resolvers, "settled a critical case that this package counts")
    found |= {waiver.requested_by_id: "asked for a waiver that this package rests on" for waiver in waivers}
    return found | {package.sealed_by_id: "sealed this package"}
