"""Everything that the gates of one subject rest on, read once: snapshots are made from it without asking again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Final

from django.db.models import QuerySet

from governance.gates.models import (
    Attestation,
    Ballot,
    ControlTest,
    CriterionVersion,
    DecisionPackage,
    Gate,
    Kind,
    Phase,
    Policy,
    Seat,
    Waiver,
)
from governance.gates.packages.snapshots import Snapshot
from governance.gates.queries import boards, criteria, packages
from governance.gates.values import RiskData
from governance.measures import queries as measures
from governance.measures.readings import Reading
from governance.risks import queries as risks
from governance.rollback import queries as rollback
from governance.rollback.models import RollbackPlan
from governance.subjects import Subject
from triage import facts
from triage.facts import RunFact

RUNS: Final = 50
_GOES_BACK: Final = frozenset({Phase.CUTOVER, Phase.ROLLBACK})

#: What is read of a measure: its code, its dimension, and for how long back its points are wanted (seconds, 0: none).
Wanted = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class GateInputs:
    """The facts of one subject at ``at``, as rows. ``newest`` of a gate is its last package, whatever became of it.

    ``recalled``: those of the runs counted by newest packages that have been taken back since.
    """

    subject: Subject
    at: dt.datetime
    gates: dict[int, Gate]
    versions: dict[int, list[CriterionVersion]]
    waivers: dict[int, Waiver]
    readings: dict[Wanted, Reading]
    risks: tuple[RiskData, ...]
    controls: dict[str, ControlTest]
    attestations: dict[int, Attestation]
    packages: dict[int, list[DecisionPackage]]
    ballots: dict[int, tuple[Ballot, ...]]
    policies: dict[int, Policy]
    seats: dict[int, tuple[Seat, ...]]
    able: frozenset[int]
    plan: RollbackPlan | None
    point_of_no_return: dt.datetime | None
    rolled_back_at: dt.datetime | None
    runs: tuple[RunFact, ...]
    recalled: frozenset[int]
    criticals: int
    resolvers: frozenset[int]
    made: dict[int, Snapshot] = field(default_factory=dict)
    making: set[int] = field(default_factory=set)

    def rolled_back(self, package: DecisionPackage | None) -> bool:
        """Whether what this package allowed was begun, and the wave rolled back since. Only a cutover goes back."""
        begun = getattr(package, "revalidation", None)
        if package is None or begun is None or self.rolled_back_at is None or package.gate.phase not in _GOES_BACK:
            return False
        return bool(begun.passed and begun.at <= self.rolled_back_at)

    def newest(self, gate: int) -> DecisionPackage | None:
        """The gate's last package."""
        return next(iter(self.packages.get(gate, ())), None)


def read(subject: Subject, now: dt.datetime) -> GateInputs:
    """Read what a subject's gates rest on. The number of queries does not grow with gates, criteria or people."""
    of = Gate.objects.filter(subject_kind=subject.kind, subject_id=subject.id)
    gates = {gate.pk: gate for gate in of.select_related("wave", "made_by")}
    for gate in gates.values():
        gate.subject = subject
    versions = criteria.current(gates.values())
    judged = [version for rows in versions.values() for version in rows]
    turns = packages.all_of(gates.values())
    newest = [rows[0] for rows in turns.values() if rows]
    policies = boards.current(gates.values())
    seats = boards.seats([policy.pk for policy in policies.values()] + [package.policy_id for package in newest])
    seated = {key for rows in seats.values() for key in boards.people_of(rows)}
    runs = _runs(subject)
    wave = subject.wave  # only a wave is rolled back
    plan = rollback.live_plan(wave) if wave else None
    return GateInputs(
        subject=subject,
        at=now,
        gates=gates,
        versions=versions,
        waivers=criteria.waivers(judged, now),
        readings=_readings(subject, judged, now),
        risks=_risks(subject, now),
        controls=_controls(subject, judged),
        attestations=_attestations(judged),
        packages=turns,
        ballots=packages.ballots(newest),
        policies=policies,
        seats=seats,
        able=boards.entitled(subject, seated),
        plan=plan,
        point_of_no_return=rollback.point_of_no_return(wave, now) if wave else None,
        rolled_back_at=rollback.rolled_back_at([wave]).get(wave.pk) if wave else None,
        runs=tuple(run for run in runs if not run.recalled),
        recalled=_recalled(newest, runs),
        criticals=sum(facts.critical_arrivals(subject.wave_ids).values()),
        resolvers=resolvers(subject, seated),
    )


def resolvers(subject: Subject, people: Collection[int]) -> frozenset[int]:
    """Return those of these people who settled a critical case of the subject's waves."""
    return frozenset().union(*facts.resolvers_of_critical(subject.wave_ids, people).values())


def control_tests(subject: Subject) -> QuerySet[ControlTest]:
    """Return the control tests of a subject."""
    if subject.wave:
        return ControlTest.objects.filter(wave=subject.wave)
    return ControlTest.objects.filter(subject_kind=subject.kind, subject_id=subject.id)


def wanted(version: CriterionVersion) -> Wanted:
    """What must be read of its measure to judge a version."""
    back = (version.interval or 0) * (version.consecutive or 0) if version.kind == Kind.WINDOW else 0
    return version.measure, version.dimension, back


def _runs(subject: Subject) -> tuple[RunFact, ...]:
    """Return the loaded runs of the subject's waves, the newest first."""
    of_waves = list(facts.runs(subject.wave_ids, limit=RUNS).values())
    if len(of_waves) == 1:
        return tuple(of_waves[0])
    return tuple(sorted((run for runs in of_waves for run in runs), key=lambda run: run.finished_at, reverse=True))


def _readings(subject: Subject, versions: Iterable[CriterionVersion], now: dt.datetime) -> dict[Wanted, Reading]:
    """Each series once, however many criteria look at it; those of windows with their points since the longest one."""
    asked = sorted({wanted(version) for version in versions if version.measure})
    readings: dict[Wanted, Reading] = {}
    for windows in (False, True):
        part = [one for one in asked if bool(one[2]) == windows]
        since = now - dt.timedelta(seconds=max(back for _, _, back in part)) if windows and part else None
        found = measures.read_many([(code, subject, dimension) for code, dimension, _ in part], since, now=now)
        readings |= dict(zip(part, found, strict=True))
    return readings


def _risks(subject: Subject, now: dt.datetime) -> tuple[RiskData, ...]:
    return tuple(
        RiskData(risk.ref, risk.domain, risk.severity, risk.level, risk.accepted, risk.acceptance)
        for risk in risks.open_risks_for(subject.waves, now)
    )


def _controls(subject: Subject, versions: Iterable[CriterionVersion]) -> dict[str, ControlTest]:
    codes = {version.subject for version in versions if version.kind == Kind.CONTROL_TEST}
    rows = control_tests(subject).filter(control__in=codes).select_related("by")
    return {row.control: row for row in rows.order_by("control", "-id").distinct("control")}


def _attestations(versions: Iterable[CriterionVersion]) -> dict[int, Attestation]:
    """Version → the last attestation to it, also when it was taken back: an older one does not stand in for it."""
    wanted = [version.pk for version in versions if version.kind == Kind.ATTESTATION]
    rows = Attestation.objects.filter(version__in=wanted).select_related("by")
    return {row.version_id: row for row in rows.order_by("version_id", "-id").distinct("version_id")}


def _recalled(newest: Iterable[DecisionPackage], runs: Iterable[RunFact]) -> frozenset[int]:
    """Those runs that were counted when something was sealed, and have been taken back since."""
    known = {run.id: run.recalled for run in runs}
    counted = {key for package in newest for key in package.material["runs"]}
    older = facts.recalled(counted - known.keys()) if counted - known.keys() else frozenset()
    return frozenset(key for key, recalled in known.items() if recalled) | older
