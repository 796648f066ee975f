"""A gate that lives through a random history, with a witness who knows the truth and looks at every GO.

The gate asks the rules, as the console's actions do. The witness never does: each fact is made together with the
knowledge whether it is sound, every change together with the knowledge whether it is material.
"""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from governance.gates import rules
from governance.gates.models import Kind
from governance.gates.rules import PackageData, WaiverData
from governance.gates.values import EvaluatedCriterion, Material, Observation, PolicyData, RiskData, SeatData, Spec
from governance.measures.comparison import Comparison
from governance.measures.readings import Point, Reading
from tests.gates.rules.making import material

START = dt.datetime(2026, 11, 1, 8, tzinfo=dt.UTC)
MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
STEWARD, ASKER, RESOLVER, ADMINISTRATOR = 90, 1, 2, 99
PEOPLE = (*range(1, 9), STEWARD, ADMINISTRATOR)
#: How a board is inclined, one of these a history: mostly agreed, divided, or silent.
MOODS = (
    (*["go"] * 14, "go-with-conditions", "no-go", "abstain", "recused"),
    ("go", "go", "go", "go-with-conditions", "abstain", "abstain", "recused", "no-go"),
    ("go", "abstain", "abstain", "abstain"),
)

SPECS = (
    Spec("critical-open", 1, Kind.COUNT_IS_ZERO, measure="critical-open", max_age=86_400, domain="clinical"),
    Spec(
        "reconciled",
        1,
        Kind.RATIO,
        measure="reconciliation",
        operator=Comparison.GE,
        threshold=Decimal("0.995"),
        min_samples=100,
        max_age=86_400,
        domain="technical",
    ),
    Spec(
        "latency",
        1,
        Kind.WINDOW,
        measure="chart-open-p95",
        operator=Comparison.LE,
        threshold=Decimal(2),
        interval=3_600,
        consecutive=3,
        max_age=86_400,
    ),
    Spec("rehearsed", 1, Kind.RECENCY, measure="rollback-rehearsed", max_age=30 * 86_400),
    Spec("risks", 1, Kind.RISK_CEILING, subject="2", domain="clinical"),
    Spec("attested", 1, Kind.ATTESTATION, subject="They are there.", max_age=7 * 86_400),
)
NEVER_WAIVED = {"critical-open", "rehearsed"}
#: What is wrong with a fact; those in FAILS are known failures, the others cannot be known.
DEFECTS = ("missing", "nan", "empty", "zero", "early", "timeless", "few", "bad", "slightly")
FAILS = {"bad", "slightly"}


class Unsafe(AssertionError):
    """Something that must never happen has happened."""


@dataclass
class Fact:
    """What is known for one criterion: its time, what is wrong with it (or nothing), an accepted risk's end."""

    at: dt.datetime
    defect: str = ""
    until: dt.datetime | None = None

    def sound(self, spec: Spec, now: dt.datetime) -> bool:
        """Whether it may be relied on now: nothing is wrong with it, and it is of a believable time."""
        if spec.kind == Kind.RISK_CEILING:
            return not self.defect and (self.until is None or now < self.until)
        if spec.kind == Kind.WINDOW and now - self.at >= HOUR:
            return False  # the latest interval is silent
        return not self.defect and -5 * MINUTE <= now - self.at <= spec.max_age * dt.timedelta(seconds=1)

    def fails(self, spec: Spec, now: dt.datetime) -> bool:
        """Whether it is a known failure: the only thing that a waiver may cover."""
        if spec.kind == Kind.RISK_CEILING:
            return self.defect in FAILS or (not self.defect and not self.sound(spec, now))
        if spec.kind == Kind.RECENCY:
            return self.defect in FAILS or (not self.defect and now - self.at > spec.max_age * dt.timedelta(seconds=1))
        fresh = -5 * MINUTE <= now - self.at <= spec.max_age * dt.timedelta(seconds=1)
        return self.defect in FAILS and fresh and (spec.kind != Kind.WINDOW or now - self.at < HOUR)

    def seen(self, spec: Spec, now: dt.datetime) -> Observation:
        """As the rules are shown it."""
        if self.defect == "missing":
            return Observation(reading=Reading(spec.measure, missing="Nothing has been loaded."))
        return _SHOW[spec.kind](self, now)


def _ratio(fact: Fact, now: dt.datetime) -> Observation:
    part, whole = {"few": (99, 99), "bad": (1, 1000), "slightly": (994_999, 1_000_000), "zero": (0, 0)}.get(
        fact.defect, (995, 1000)
    )
    value: Any = Fraction(part, whole) if whole else None
    value = {"nan": float("nan"), "empty": None}.get(fact.defect, value)
    return Observation(reading=Reading("m", None, "", value, part, whole, whole, _time(fact)))


def _zero(fact: Fact, now: dt.datetime) -> Observation:
    value: Any = Fraction({"bad": 3, "slightly": 1}.get(fact.defect, 0))
    value = {"nan": float("nan"), "empty": None}.get(fact.defect, value)
    samples = 0 if fact.defect in {"few", "zero"} else 500
    return Observation(reading=Reading("m", value=value, samples=samples, as_of=_time(fact)))


def _window(fact: Fact, now: dt.datetime) -> Observation:
    value: Any = {"bad": Fraction(9), "slightly": Fraction(2_000_001, 1_000_000), "nan": float("nan")}.get(
        fact.defect, Fraction(2)
    )
    # Intervals are counted back from now: the oldest two are filled whatever the minute is.
    times = [fact.at, now - 90 * MINUTE, now - 150 * MINUTE]
    points = () if fact.defect in {"few", "zero", "empty"} else tuple(Point(at, value) for at in sorted(times))
    return Observation(
        reading=Reading("m", value=None if fact.defect == "empty" else value, as_of=_time(fact), points=points)
    )


def _recency(fact: Fact, now: dt.datetime) -> Observation:
    unknown = {"missing", "nan", "empty", "zero", "timeless", "few"}
    at = {"bad": now - 31 * DAY, "slightly": now - 30 * DAY - MINUTE}.get(fact.defect, _time(fact))
    return Observation(happened_at=None if fact.defect in unknown else at)


def _risks(fact: Fact, now: dt.datetime) -> Observation:
    if fact.defect in {"missing", "nan", "timeless", "early"}:
        return Observation()
    if fact.defect in {"empty", "zero"}:
        return Observation(risks=())
    severity = {"few": None, "bad": 4, "slightly": 3}.get(fact.defect, 2 if fact.until is None else 3)
    accepted = not fact.defect and fact.until is not None and now < fact.until
    return Observation(
        risks=(RiskData("RISK-1", "clinical", severity, "", accepted), RiskData("RISK-2", "clinical", 1, "", False))
    )


def _said(fact: Fact, now: dt.datetime) -> Observation:
    satisfied = None if fact.defect in {"missing", "nan", "empty", "zero", "few"} else fact.defect not in FAILS
    return Observation(satisfied=satisfied, said_at=_time(fact))


def _time(fact: Fact) -> dt.datetime | None:
    return None if fact.defect == "timeless" else fact.at + DAY * 365 if fact.defect == "early" else fact.at


_SHOW = {
    Kind.RATIO: _ratio,
    Kind.COUNT_IS_ZERO: _zero,
    Kind.WINDOW: _window,
    Kind.RECENCY: _recency,
    Kind.RISK_CEILING: _risks,
    Kind.ATTESTATION: _said,
}


@dataclass
class History:
    """The gate, its world and its witness. ``happened`` counts what was reached: nothing is proven of nothing."""

    draw: random.Random
    happened: Counter[str]
    now: dt.datetime = START
    facts: dict[str, Fact] = field(default_factory=dict)
    waivers: list[WaiverData] = field(default_factory=list)
    versions: dict[str, int] = field(default_factory=dict)
    policy: PolicyData = field(init=False)
    able: set[int] = field(default_factory=lambda: set(range(1, 9)))
    resolvers: set[int] = field(default_factory=set)
    other: dict[str, Any] = field(default_factory=dict)
    package: PackageData | None = None
    then: Material | None = None
    permitted_then: bool = False
    evidence: dict[str, str] = field(default_factory=dict)  # how the witness saw each criterion at sealing
    mood: tuple[str, ...] = MOODS[0]
    lost: str = ""  # the material change since sealing, as the witness knows it

    def __post_init__(self) -> None:
        self.facts = {spec.code: Fact(self.now - MINUTE) for spec in SPECS}
        self.versions = {spec.code: 1 for spec in SPECS}
        self.other = {
            "criticals": 0,
            "rollback": "a",
            "planned_for": "x",
            "transformation": "t",
            "runs": [1, 2],
            "prior": {"access": "p"},
        }
        self.policy = self._board(quorum=3, go_needed=2)

    def _board(self, quorum: int, go_needed: int) -> PolicyData:
        version = getattr(getattr(self, "policy", None), "version", 0) + 1
        seats = tuple(
            SeatData(
                f"seat-{key}",
                f"Seat {key}",
                required=key <= 3,
                chair=key == 3,
                vetoes=frozenset({"clinical"} if key == 4 else {"technical"} if key == 5 else set()),
                holder=key,
                alternate={1: 6, 2: 6, 3: 7}.get(key),
                able=frozenset(self.able & {key, {1: 6, 2: 6, 3: 7}.get(key, key)}),
            )
            for key in range(1, 6)
        )
        return PolicyData(version, quorum, go_needed, seats)

    # What the gate asks

    def specs(self) -> list[Spec]:
        return [replace(spec, version=self.versions[spec.code]) for spec in SPECS]

    def evaluated(self) -> list[EvaluatedCriterion]:
        return [
            rules.evaluate_criterion(
                spec, self.facts[spec.code].seen(spec, self.now), self._waiver(spec.code), self.now
            )
            for spec in self.specs()
        ]

    def _waiver(self, code: str) -> WaiverData | None:
        return next((one for one in reversed(self.waivers) if one.code == code), None)

    def barred(self) -> dict[int, str]:
        sealed = {self.package.sealed_by: "sealed it"} if self.package else {}
        asked = {one.requested_by: "asked for a waiver" for one in self.waivers if rules.is_active(one, self.now)}
        return sealed | asked | dict.fromkeys(self.resolvers, "resolved a critical case")

    def material(self, evaluated: list[EvaluatedCriterion]) -> Material:
        return material(
            criteria={
                one.spec.code: {"version": one.spec.version, "basis": one.basis, "blocking": True} for one in evaluated
            },
            policy=self.policy.version,
            seats={seat.code: [seat.holder, seat.alternate] for seat in self.policy.seats},
            able=sorted(self.able),
            risks={"RISK-2": 1},
            acceptances=[],
            waivers=[one.id for one in self.waivers if rules.is_active(one, self.now)],
            runbook="",
            **self.other,
        )

    def look(self) -> list[EvaluatedCriterion]:
        """What every act does first: see whether the ground still holds."""
        evaluated = self.evaluated()
        package = self.package
        if package is not None and self.then is not None and rules.is_live(package, self.now):
            signers = {one.person for one in package.ballots}
            if rules.compare(self.then, self.material(evaluated), signers)[0]:
                self.package = replace(package, superseded="material")
                self.happened["superseded"] += 1
        return evaluated

    # What the witness knows

    def ground(self, spec: Spec) -> str:
        """``sound``, ``waived`` or empty: whether a GO may rest on this criterion, and on what."""
        fact = self.facts[spec.code]
        if fact.sound(spec, self.now):
            return "sound"
        for one in self.waivers:
            current = one.code == spec.code and one.version == self.versions[spec.code]
            given = one.granted and one.decided_by != one.requested_by and one.revoked_at is None
            if current and given and self.now < one.not_after and spec.code not in NEVER_WAIVED:
                return "waived" if fact.fails(spec, self.now) else ""
        return ""

    def witness(self, act: str, choices: dict[int, str]) -> None:
        """Look at a GO that was just let through. Raises Unsafe."""
        package = self.package
        assert package is not None
        for spec in SPECS:
            if not self.ground(spec):
                raise Unsafe(f"{act} on {spec.code}: {self.facts[spec.code]} at {self.now}")
            if not self.evidence[spec.code]:
                raise Unsafe(f"{act} on a package in which {spec.code} did not permit")
        if self.lost:
            raise Unsafe(f"{act} although {self.lost}")
        approving = {who for who, choice in choices.items() if choice in ("go", "go-with-conditions")}
        approving -= {who for who, choice in choices.items() if choice == "recused"}
        approving -= {package.sealed_by, *self.resolvers} | {
            one.requested_by for one in self.waivers if one.granted and self.now < one.not_after and not one.revoked_at
        }
        if (
            len(approving) < max(2, package.policy.go_needed)
            or package.policy.quorum < 2
            or package.policy.go_needed < 2
        ):
            raise Unsafe(f"{act} by {approving} with a quorum of {package.policy.quorum}")
        if any(choices.get(who) == "no-go" for who in (4, 5)):
            raise Unsafe(f"{act} past a veto")
        if ADMINISTRATOR in choices:
            raise Unsafe(f"{act} with a ballot of someone who has no seat")

    def ground_changed(self, what: str) -> None:
        """The witness notes a material change."""
        if self.package is not None and not self.lost:
            self.lost = what
