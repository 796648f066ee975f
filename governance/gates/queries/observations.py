"""What is found for each criterion of a gate, and the gate's snapshot made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from governance.gates import rules
from governance.gates.models import CriterionVersion, DecisionPackage, Gate, Kind, Outcome, Phase
from governance.gates.packages.snapshots import Held, Snapshot
from governance.gates.queries import boards, criteria, packages
from governance.gates.queries.evidence import wanted
from governance.gates.queries.inputs import GateInputs
from governance.gates.rules import parts
from governance.gates.values import Changed, Observation


def snapshot(inputs: GateInputs, gate: Gate) -> Snapshot:
    """Return the gate snapshot for these inputs. No queries; cached per gate."""
    if gate.pk not in inputs.made:
        inputs.making.add(gate.pk)
        inputs.made[gate.pk] = _snapshot(inputs, gate)
        inputs.making.discard(gate.pk)
    return inputs.made[gate.pk]


def _seen_for(version: CriterionVersion, inputs: GateInputs) -> Observation:
    """What is found for one criterion."""
    kind = Kind(version.kind)
    if kind == Kind.RISK_CEILING:
        return Observation(risks=inputs.risks)
    if kind == Kind.CONTROL_TEST:
        return _control(version, inputs)
    if kind == Kind.ATTESTATION:
        return _attestation(version, inputs)
    if kind == Kind.PRIOR_GATE:
        return _prior(version, inputs)
    reading = inputs.readings.get(wanted(version))
    happened = reading.as_of if reading and kind == Kind.RECENCY and not reading.missing else None
    return Observation(reading=reading, happened_at=happened)


def changes(inputs: GateInputs, package: DecisionPackage) -> tuple[list[Changed], list[Changed]]:
    """What is different from what was sealed: (material, drift)."""
    signers = {ballot.person_id for ballot in inputs.ballots.get(package.pk, ())}
    now = snapshot(inputs, inputs.gates[package.gate_id]).material
    material, drift = rules.compare(rules.from_json(package.material), now, signers)
    titles = {f"“{held.criterion.code}”": held.criterion.title for held in inputs.versions.get(package.gate_id, ())}
    return [_titled(one, titles) for one in material], [_titled(one, titles) for one in drift]


def _titled(change: Changed, titles: Mapping[str, str]) -> Changed:
    """The change with a criterion's title in place of its code: people know it by what it says."""
    code = next((code for code in titles if change.code.startswith("criterion-") and code in change.sentence), None)
    return change if code is None else replace(change, sentence=change.sentence.replace(code, f"“{titles[code]}”"))


def _prior_go(inputs: GateInputs, phase: str) -> tuple[DecisionPackage | None, bool]:
    """The package on which the gate of ``phase`` has a valid GO now, and whether that gate was ever answered.

    A GO whose step has not started is valid only without material change, expiry included.
    """
    gate = next((gate for gate in inputs.gates.values() if gate.phase == phase), None)
    if gate is None or gate.pk in inputs.making:  # gates that wait for each other wait for ever
        return None, False
    answered = [package for package in inputs.packages.get(gate.pk, ()) if getattr(package, "decision", None)]
    if not answered:
        return None, False
    last = answered[0]
    if getattr(last, "revalidation", None) is not None:
        return (last if last.revalidation.passed and not inputs.rolled_back(last) else None), True
    alive = not packages.has_ended(last) and inputs.at <= last.decision.valid_until
    # Conditions are checked when the step is started; until then a GO with conditions is not a GO yet.
    if not alive or last.decision.outcome != Outcome.GO or changes(inputs, last)[0]:
        return None, True
    return last, True


def _snapshot(inputs: GateInputs, gate: Gate) -> Snapshot:
    versions = inputs.versions.get(gate.pk, [])
    held = tuple(_held(version, inputs) for version in versions)
    policy = inputs.policies.get(gate.pk)
    seats = inputs.seats.get(policy.pk, ()) if policy else ()
    waivers = tuple(one.waiver for one in held if one.waiver is not None)
    priors = [one.version.subject for one in held if one.version.kind == Kind.PRIOR_GATE]
    found = Snapshot(
        gate=gate,
        at=inputs.at,
        criteria=held,
        policy=policy,
        seats=seats,
        board=boards.as_seen(policy, seats, inputs.able) if policy else None,
        risks=inputs.risks,
        waivers=waivers,
        plan=inputs.plan,
        point_of_no_return=inputs.point_of_no_return,
        runs=inputs.runs,
        criticals=inputs.criticals,
        counted=_counted(inputs, gate),
        prior={phase: _digest(_prior_go(inputs, phase)[0]) for phase in priors},
        loaded=inputs.loaded,
    )
    return replace(found, material=parts.read(found))


def _held(version: CriterionVersion, inputs: GateInputs) -> Held:
    waiver = inputs.waivers.get(version.pk)
    known = criteria.waiver_seen(waiver) if waiver else None
    spec = criteria.spec(version, inputs.definitions.get(version.measure))
    evaluated = rules.evaluate_criterion(spec, _seen_for(version, inputs), known, inputs.at)
    return Held(version.criterion, version, evaluated, waiver)


def _counted(inputs: GateInputs, gate: Gate) -> frozenset[int]:
    newest = inputs.newest(gate.pk)
    return frozenset(newest.material["runs"]) - inputs.recalled if newest else frozenset()


def _digest(package: DecisionPackage | None) -> str:
    return package.digest if package else ""


def _control(version: CriterionVersion, inputs: GateInputs) -> Observation:
    test = inputs.controls.get(version.subject)
    if test is None:
        return Observation()
    said = f"{test.get_method_display()}, {test.sample:,} of {test.population:,}"
    return Observation(satisfied=test.satisfied, said_at=test.tested_at, said_by=str(test.by), said=said)


def _attestation(version: CriterionVersion, inputs: GateInputs) -> Observation:
    said = inputs.attestations.get(version.pk)
    if said is None:
        return Observation()
    if said.withdrawn_at is not None:
        return Observation(said=f"{said.by} took it back: {said.withdrawn_because}")
    return Observation(satisfied=True, said_at=said.at, said_by=str(said.by), said=said.statement)


def _prior(version: CriterionVersion, inputs: GateInputs) -> Observation:
    package, answered = _prior_go(inputs, version.subject)
    name = f"{Phase(version.subject).label}" if version.subject in Phase.values else version.subject
    if package is None:
        return Observation(satisfied=False if answered else None, said=f"“{name}” has no valid GO")
    decision = package.decision
    said = f"{package.gate.ref}, turn {package.turn}: {decision.get_outcome_display()}"
    return Observation(satisfied=True, said_at=decision.at, said_by=str(decision.by), said=said)
