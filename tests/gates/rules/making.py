"""Specs, readings and boards for tests of the rules."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from governance.gates.models import Kind
from governance.gates.rules import PackageData, WaiverData
from governance.gates.values import BallotData, Material, Observation, PolicyData, RiskData, SeatData, Spec
from governance.measures import builtin
from governance.measures.comparison import Comparison
from governance.measures.readings import Point, Reading
from governance.measures.standard import STANDARD
from governance.measures.values import Definition

NOW = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)


def defined(code: str) -> Definition:
    """The definition of a built-in or standard measure."""
    measure = builtin.get(code)
    return measure.definition if measure else STANDARD[code]


def ratio_spec(threshold: str = "0.995", **more: Any) -> Spec:
    given: dict[str, Any] = {"measure": "reconciliation", "dimension": "record", "operator": Comparison.GE}
    given |= {"min_samples": 100, "domain": "clinical", "definition": defined("reconciliation")}
    return Spec("reconciled", 1, Kind.RATIO, threshold=Decimal(threshold), **(given | more))


def ratio(part: int | None, whole: int | None, **more: Any) -> Observation:
    value = Fraction(part, whole) if part is not None and whole else None
    return Observation(
        reading=Reading(
            "reconciliation", **({"as_of": NOW - HOUR, "value": value} | more), numerator=part, denominator=whole
        )
    )


def zero_spec(**more: Any) -> Spec:
    given = {"measure": "critical-open", "min_samples": 1, "definition": defined("critical-open")}
    return Spec("critical-open", 1, Kind.COUNT_IS_ZERO, **(given | more))


def zero(value: Any, samples: int | None = 500, **more: Any) -> Observation:
    given = {"as_of": NOW - HOUR, "value": Fraction(value) if isinstance(value, int) else value} | more
    return Observation(reading=Reading("critical-open", samples=samples, **given))


def window_spec(**more: Any) -> Spec:
    given: dict[str, Any] = {"measure": "chart-open-p95", "operator": Comparison.LE, "threshold": Decimal(2)}
    given |= {"interval": 300, "consecutive": 4, "max_age": 900, "definition": defined("chart-open-p95")}
    return Spec("chart-open", 1, Kind.WINDOW, **(given | more))


def window(values: dict[int, Any], **more: Any) -> Observation:
    """Values by how many minutes ago they were read."""
    points = tuple(Point(NOW - ago * MINUTE, value) for ago, value in sorted(values.items(), reverse=True))
    latest = points[-1] if points else None
    given = {"as_of": latest.at if latest else None, "value": latest.value if latest else None} | more
    return Observation(reading=Reading("chart-open-p95", points=points, **given))


def risk(ref: str, severity: int | None, *, accepted: bool = False, domain: str = "clinical") -> RiskData:
    return RiskData(ref, domain, severity, str(severity), accepted, 1 if accepted else None)


def waiver(**more: Any) -> WaiverData:
    given: dict[str, Any] = {"id": 7, "code": "reconciled", "version": 1, "requested_by": 50, "granted": True}
    given |= {"decided_by": 2, "decided_at": NOW - DAY, "not_after": NOW + DAY}
    return WaiverData(**(given | more))


def seat(key: int, *, alternate: int | None = None, required: bool = True, vetoes: str = "", **more: Any) -> SeatData:
    """A seat held by person ``key``; seat 1 is the chair's."""
    people = {key} if alternate is None else {key, alternate}
    given: dict[str, Any] = {"chair": key == 1, "able": frozenset(people)}
    words = frozenset(vetoes.split())
    return SeatData(
        f"seat-{key}", f"Seat {key}", required=required, vetoes=words, holder=key, alternate=alternate, **(given | more)
    )


def board(*seats: SeatData, quorum: int = 2, go_needed: int = 2) -> PolicyData:
    return PolicyData(1, quorum, go_needed, tuple(seats))


def ballots(*cast: tuple[int, str] | tuple[int, str, int]) -> tuple[BallotData, ...]:
    """(seat, choice) by its holder, or (seat, choice, person)."""
    return tuple(BallotData(f"seat-{one[0]}", one[2] if len(one) == 3 else one[0], one[1]) for one in cast)


def package(policy: PolicyData, cast: Iterable[BallotData] = (), **more: Any) -> PackageData:
    given: dict[str, Any] = {"turn": 1, "sealed_by": 90, "closes_at": NOW + DAY, "ballots": tuple(cast)}
    return PackageData(policy=policy, **(given | more))


def having(material: Material, **parts: Any) -> Material:
    """The same material with other values of some parts."""
    return replace(material, parts={**material.parts, **parts})


def material(**more: Any) -> Material:
    given: dict[str, Any] = {
        "criteria": {
            "critical-open": {"version": 1, "basis": "pass", "blocking": True},
            "reconciled": {"version": 2, "basis": "waiver:7", "blocking": True},
            "latency": {"version": 1, "basis": "", "blocking": True},
            "backlog": {"version": 1, "basis": "pass", "blocking": False},
        },
        "policy": 3,
        "seats": {"chair": [1, None], "cmio": [2, 12]},
        "able": [1, 2, 12],
        "risks": {"RISK-1": 2, "RISK-2": 3},
        "acceptances": [4],
        "waivers": [7],
        "criticals": 5,
        "rollback": "aa",
        "runbook": "bb",
        "transformation": "cc",
        "runs": [10, 11],
        "planned_for": "2026-12-01",
        "prior": {"access": "dd", "consent": ""},
    }
    return Material(given | more)
