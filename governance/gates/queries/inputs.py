"""Everything that the gates of subjects rest on, read once: snapshots are made from it without asking again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from governance import subjects
from governance.gates.models import (
    Attestation,
    Ballot,
    ControlTest,
    CriterionVersion,
    DecisionPackage,
    Gate,
    Phase,
    Policy,
    Seat,
    Waiver,
)
from governance.gates.packages.snapshots import Snapshot
from governance.gates.queries import assessments, boards, criteria, evidence, packages
from governance.gates.queries.evidence import Wanted
from governance.gates.rules import parts
from governance.gates.values import RiskData
from governance.measures import queries as measures
from governance.measures.readings import Reading
from governance.measures.values import Definition
from governance.rollback.models import RollbackPlan
from governance.subjects import Subject
from triage.facts import RunFact

_GOES_BACK: Final = frozenset({Phase.CUTOVER, Phase.ROLLBACK})


@dataclass(frozen=True, slots=True)
class GateInputs:
    """The facts of one subject at ``at``, as rows. ``newest`` of a gate is its last package, whatever became of it.

    ``recalled``: the runs counted by newest packages that have been recalled since.
    """

    subject: Subject
    at: dt.datetime
    gates: dict[int, Gate]
    versions: dict[int, list[CriterionVersion]]
    waivers: dict[int, Waiver]
    definitions: dict[str, Definition]
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
    loaded: Mapping[str, Any]
    made: dict[int, Snapshot] = field(default_factory=dict)
    making: set[int] = field(default_factory=set)

    def rolled_back(self, package: DecisionPackage | None) -> bool:
        """Whether the step was started and the wave rolled back since. Only a cutover can be rolled back."""
        start = getattr(package, "revalidation", None)
        if package is None or start is None or self.rolled_back_at is None or package.gate.phase not in _GOES_BACK:
            return False
        return bool(start.passed and start.at <= self.rolled_back_at)

    def newest(self, gate: int) -> DecisionPackage | None:
        """The gate's last package."""
        return next(iter(self.packages.get(gate, ())), None)


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows of the gates of several subjects, by their keys: a gate's, a policy's."""

    gates: dict[Subject, dict[int, Gate]]
    versions: dict[int, list[CriterionVersion]]
    definitions: dict[str, Definition]
    waivers: dict[int, Waiver]
    attestations: dict[int, Attestation]
    packages: dict[int, list[DecisionPackage]]
    ballots: dict[int, tuple[Ballot, ...]]
    policies: dict[int, Policy]
    seats: dict[int, tuple[Seat, ...]]

    def evaluated(self, subject: Subject) -> list[CriterionVersion]:
        """The versions by which the criteria of a subject's gates are evaluated."""
        return [version for gate in self.gates[subject] for version in self.versions.get(gate, ())]

    def newest(self, subject: Subject) -> Iterator[DecisionPackage]:
        """The last package of each gate of a subject that has any."""
        return (self.packages[gate][0] for gate in self.gates[subject] if self.packages.get(gate))

    def seated(self, subject: Subject) -> set[int]:
        """Who sits on the boards of a subject's gates: as they are now, and as they were when something was sealed."""
        now = [self.policies[gate].pk for gate in self.gates[subject] if gate in self.policies]
        then = [package.policy_id for package in self.newest(subject)]
        return {key for policy in (*now, *then) for key in boards.people_of(self.seats.get(policy, ()))}


def read(subject: Subject, now: dt.datetime) -> GateInputs:
    """Read what a subject's gates rest on."""
    return read_many([subject], now)[subject]


def read_many(wanted: Iterable[Subject], now: dt.datetime) -> dict[Subject, GateInputs]:
    """Read what the gates of subjects rest on, in as many queries however many subjects of a kind, gates and people."""
    asked = list(dict.fromkeys(wanted))
    rows = _rows(asked, now)
    evaluated = {subject: rows.evaluated(subject) for subject in asked}
    newest = {subject: list(rows.newest(subject)) for subject in asked}
    seated = {subject: rows.seated(subject) for subject in asked}
    readings, risks = evidence.readings(evaluated, now), evidence.risks(asked, now)
    controls, able = assessments.controls(evaluated), boards.entitled(seated)
    runs, criticals, resolvers = evidence.runs(asked), evidence.criticals(asked), evidence.resolvers(seated)
    recalled, returns = evidence.recalled(newest, runs), evidence.returns(asked, now)
    loaded = parts.load(asked, now)
    return {
        subject: GateInputs(
            subject=subject,
            at=now,
            gates=rows.gates[subject],
            versions=rows.versions,
            waivers=rows.waivers,
            definitions=rows.definitions,
            readings=readings[subject],
            risks=risks[subject],
            controls=controls[subject],
            attestations=rows.attestations,
            packages=rows.packages,
            ballots=rows.ballots,
            policies=rows.policies,
            seats=rows.seats,
            able=able[subject],
            plan=returns[subject].plan,
            point_of_no_return=returns[subject].latest_start,
            rolled_back_at=returns[subject].rolled_back_at,
            runs=tuple(run for run in runs[subject] if not run.recalled),
            recalled=recalled[subject],
            criticals=criticals[subject],
            resolvers=resolvers[subject],
            loaded=loaded[subject],
        )
        for subject in asked
    }


def _rows(asked: Collection[Subject], now: dt.datetime) -> _Rows:
    gates = _gates(asked)
    every = [gate for of in gates.values() for gate in of.values()]
    rows = packages.all_of(every)
    versions, policies = criteria.current(every), boards.current(every)
    current = [version for of in versions.values() for version in of]
    sealed_under = [of[0].policy_id for of in rows.values() if of]
    return _Rows(
        gates=gates,
        versions=versions,
        definitions=measures.definitions(version.measure for version in current if version.measure),
        waivers=criteria.waivers(current, now),
        attestations=assessments.attestations(current),
        packages=rows,
        ballots=packages.ballots([of[0] for of in rows.values() if of]),
        policies=policies,
        seats=boards.seats([policy.pk for policy in policies.values()] + sealed_under),
    )


def _gates(asked: Collection[Subject]) -> dict[Subject, dict[int, Gate]]:
    """Subject → its gates by key, each with the subject that was asked about."""
    known = {(subject.kind, subject.id): subject for subject in asked}
    found: dict[Subject, dict[int, Gate]] = {subject: {} for subject in asked}
    rows = Gate.objects.filter(subjects.any_of(asked)).select_related("wave", "made_by")
    for gate in rows:
        gate.subject = known[gate.subject_kind, gate.subject_id]
        found[gate.subject][gate.pk] = gate
    return found
