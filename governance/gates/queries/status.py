"""How a gate stands: its state now, what stands against a GO, what has changed since it was sealed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from console.ui import formatting
from governance.gates import rules
from governance.gates.models import Ballot, Condition, DecisionPackage, Gate
from governance.gates.packages.snapshots import Snapshot
from governance.gates.queries import boards, packages
from governance.gates.queries import inputs as gate_inputs
from governance.gates.queries.inputs import GateInputs
from governance.gates.queries.observations import changes, snapshot
from governance.gates.rules import ConditionData, GateState, PackageData
from governance.gates.values import Changed, Counted
from governance.measures import queries as measures
from governance.measures import words
from governance.measures.bounds import Threshold
from governance.measures.comparison import Comparison
from governance.measures.readings import Reading
from governance.measures.values import Definition


@dataclass(frozen=True, slots=True)
class GateStatus:
    """A gate at one moment, with its newest package and what became of it.

    ``material`` and ``drift``: what differs from what was sealed, while the package has no end. ``counted`` is what its
    votes come to now, blind or not: the page must hide it. ``barred``: who may not approve, and why.
    ``rolled_back``: the step was started and then rolled back, so a new package may be sealed.
    """

    snapshot: Snapshot
    state: GateState
    package: DecisionPackage | None = None
    seen: PackageData | None = None
    ballots: tuple[Ballot, ...] = ()
    material: tuple[Changed, ...] = ()
    drift: tuple[Changed, ...] = ()
    barred: Mapping[int, str] | None = None
    counted: Counted | None = None
    rolled_back: bool = False

    @property
    def live(self) -> bool:
        """Whether signatures on the newest package count, or may still be given, at this moment."""
        return rules.is_live(self.seen, self.snapshot.at)


def standing(inputs: GateInputs, gate: Gate) -> GateStatus:
    """Return the status of a gate, from these inputs."""
    now, package = snapshot(inputs, gate), inputs.newest(gate.pk)
    if package is None:
        return GateStatus(now, rules.gate_state(None, inputs.at))
    ballots = inputs.ballots.get(package.pk, ())
    material, drift = ([], []) if packages.has_ended(package) else changes(inputs, package)
    board = boards.as_seen(package.policy, inputs.seats.get(package.policy_id, ()), inputs.able)
    seen = packages.as_seen(package, board, ballots, material=bool(material))
    barred = boards.barred(package, now.waivers, inputs.resolvers)
    permit = _sealed_permitted(package) and rules.permitted(now.evaluated)
    return GateStatus(
        snapshot=now,
        state=rules.gate_state(seen, inputs.at),
        package=package,
        seen=seen,
        ballots=ballots,
        material=tuple(material),
        drift=tuple(drift),
        barred=barred,
        counted=rules.count(board, packages.ballots_seen(ballots), criteria_permit=permit, barred=barred),
        rolled_back=inputs.rolled_back(package),
    )


def of(gate: Gate, now: dt.datetime) -> GateStatus:
    """How one gate stands at ``now``."""
    inputs = gate_inputs.read(gate.subject, now)
    return standing(inputs, inputs.gates[gate.pk])


def _sealed_permitted(package: DecisionPackage) -> bool:
    """Whether every blocking criterion permitted when the package was sealed; false where there was none."""
    blocking = [one for one in package.material["criteria"].values() if one["blocking"]]
    return bool(blocking) and all(one["basis"] for one in blocking)


def conditions(package: DecisionPackage, now: dt.datetime) -> list[tuple[Condition, ConditionData]]:
    """The conditions that the ballots of a package set, each with what its measure says now."""
    rows = Condition.objects.filter(ballot__package=package).select_related("ballot__person", "owner", "met_by")
    ordered = list(rows.order_by("due_at", "id"))
    return list(zip(ordered, conditions_seen(ordered, package, now), strict=True))


def conditions_seen(rows: Iterable[Condition], package: DecisionPackage, now: dt.datetime) -> list[ConditionData]:
    """Conditions of a package as the rules see them, in their order. Their ballots must be loaded."""
    asked = list(rows)
    measured = [row for row in asked if row.measure]
    readings = measures.read_many([(row.measure, package.gate.subject, "") for row in measured], now=now)
    found = dict(zip((row.pk for row in measured), readings, strict=True))
    known = measures.definitions(row.measure for row in measured)
    return [_condition_seen(row, found.get(row.pk), known.get(row.measure)) for row in asked]


def _condition_seen(condition: Condition, reading: Reading | None, definition: Definition | None) -> ConditionData:
    return ConditionData(
        text=condition.text,
        asked_by=condition.ballot.person_id,
        due_at=condition.due_at,
        measure=condition.measure,
        operator=Comparison(condition.operator) if condition.operator else None,
        threshold=condition.threshold,
        reading=reading,
        needs=_needs(condition, definition),
        met_by=condition.met_by_id,
        met_at=condition.met_at,
    )


def _needs(condition: Condition, definition: Definition | None) -> str:
    """``Interface backlog: at most 100``; the measure's code where it is not defined here."""
    if not condition.measure or condition.threshold is None:
        return ""
    bound = Threshold(condition.measure, Comparison(condition.operator), condition.threshold)
    if definition is None:
        return f"{condition.measure}: {bound.operator.label} {formatting.plain(condition.threshold)}"
    return f"{definition.title}: {words.limit(definition, bound)}"
