"""Gates as their pages show them: the lanes of a wave, one gate whole, the turns that it has taken."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from django.utils import timezone

from console.answers import Answer
from console.people.models import User, UserKind
from governance.approvals.queries import requested
from governance.gates import rules
from governance.gates.models import (
    Attestation,
    DecisionPackage,
    Evaluation,
    Gate,
    Outcome,
    Seat,
    Waiver,
)
from governance.gates.models.assessments import Occasion
from governance.gates.models.gate import MEASURED
from governance.gates.packages.snapshots import Held
from governance.gates.queries import inputs as gate_inputs
from governance.gates.queries.headline import what_blocks, who_must_act
from governance.gates.queries.inputs import GateInputs
from governance.gates.queries.polls import PollView, poll
from governance.gates.queries.status import GateStatus, standing
from governance.gates.rules import GateState
from governance.gates.standard import templates_of
from governance.gates.templates import Template
from governance.measures import queries as measures
from governance.measures.readings import Point
from governance.subjects import Subject, kind_of, may, require

SEE: Final = "waves.view_wave"
TREND: Final = dt.timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Lane:
    """The gate of one phase as a subject's overview shows it; ``gate`` is None where the subject has none."""

    phase: str
    title: str
    gate: Gate | None
    state: GateState | None
    blocks: tuple[str, ...]
    who: str
    turn: int = 0


@dataclass(frozen=True, slots=True)
class SubjectLanes:
    """A subject with a lane for each phase, in their order."""

    subject: Subject
    lanes: tuple[Lane, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One criterion of a gate's page. ``then``: what it came to when the newest package was sealed.

    ``waiver`` is in force; ``asked`` waits for an answer; ``attestation`` is the last one to this version.
    """

    held: Held
    then: Evaluation | None
    trend: tuple[Point, ...]
    waiver: Waiver | None
    asked: Waiver | None
    attestation: Attestation | None


@dataclass(frozen=True, slots=True)
class Turn:
    """One package of a gate and why it ended. ``state`` as its rows say, time's ends for the newest one included."""

    package: DecisionPackage
    state: GateState
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GatePage:
    """Everything that the page of one gate shows to one person. ``answers``: what they may do, and why not."""

    gate: Gate
    standing: GateStatus
    blocks: tuple[str, ...]
    who: str
    rows: tuple[Row, ...]
    poll: PollView | None
    seats: tuple[Seat, ...]
    turns: tuple[Turn, ...]
    answers: Mapping[str, Answer]


def lanes(user: User, subjects: Iterable[Subject], *, now: dt.datetime | None = None) -> list[SubjectLanes]:
    """The lanes of those of these subjects that the user may see. All of them cost as many queries as one."""
    shown = [subject for subject in subjects if may(user, SEE, subject)]
    inputs = gate_inputs.read_many(shown, now or timezone.now())
    return [_lanes(inputs[subject]) for subject in shown]


def gate_page(gate: Gate, user: User, *, now: dt.datetime | None = None) -> GatePage:
    """One gate as ``user`` may see it, in a constant number of queries. Raises Denied."""
    require(user, SEE, gate.subject, to=f"see the gates of this {kind_of(gate.subject_kind).label}")
    inputs = gate_inputs.read(gate.subject, now or timezone.now())
    found = standing(inputs, inputs.gates[gate.pk])
    seats = _seats(inputs, found)
    return GatePage(
        gate=inputs.gates[gate.pk],
        standing=found,
        blocks=what_blocks(found),
        who=who_must_act(found, seats),
        rows=_rows(inputs, found),
        poll=poll(found, seats, user),
        seats=seats,
        turns=_turns(inputs, found),
        answers=_answers(found, user, inputs.at),
    )


def _answers(found: GateStatus, user: User, now: dt.datetime) -> dict[str, Answer]:
    """What this person may do with the gate now: seal, withdraw, vote, consolidate, decide, begin."""
    subject, seen, barred = found.snapshot.gate.subject, found.seen, found.barred or {}
    manages = may(user, "waves.manage_gates", subject)
    votes = user.kind == UserKind.PERSON and may(user, "waves.vote_gates", subject)
    return {
        "seal": rules.may_seal(
            seen,
            found.snapshot.board,
            found.snapshot.evaluated,
            able=manages,
            now=now,
            rolled_back=found.rolled_back,
        ),
        "withdraw": rules.may_withdraw(seen, able=manages, reason="A reason.", now=now),
        "vote": rules.may_vote(
            seen, me=user.pk, able=votes, choice="", rationale="", conditions=0, barred=barred, now=now
        ),
        "consolidate": rules.may_consolidate(seen, me=user.pk, now=now),
        "decide": rules.may_decide(
            seen, found.counted, me=user.pk, able=votes, outcome="", statement="", barred=barred, now=now
        ),
        "begin": rules.may_begin(seen, able=may(user, "waves.begin_gates", subject), now=now),
    }


def _lanes(inputs: GateInputs) -> SubjectLanes:
    by_phase = {gate.phase: gate for gate in inputs.gates.values()}
    templates = templates_of(inputs.subject.kind).values()
    return SubjectLanes(inputs.subject, tuple(_lane(inputs, one, by_phase.get(one.phase)) for one in templates))


def _lane(inputs: GateInputs, template: Template, gate: Gate | None) -> Lane:
    phase, title = template.phase, template.phase_title
    if gate is None:
        return Lane(phase, title, None, None, (), "")
    found = standing(inputs, gate)
    turn = found.package.turn if found.package else 0
    return Lane(phase, title, gate, found.state, what_blocks(found), who_must_act(found, _seats(inputs, found)), turn)


def _seats(inputs: GateInputs, found: GateStatus) -> tuple[Seat, ...]:
    """Those of the newest package's policy; before anything was sealed those of the current one."""
    return inputs.seats.get(found.package.policy_id, ()) if found.package else found.snapshot.seats


def _rows(inputs: GateInputs, found: GateStatus) -> tuple[Row, ...]:
    versions = [held.version for held in found.snapshot.criteria]
    then = _then(found.package)
    series = [(version.measure, version.dimension) for version in versions if version.measure]
    courses = _trends(inputs, series)
    asked = {
        row.version_id: row
        for row in requested(Waiver.objects.filter(version__in=versions), inputs.at).select_related("requested_by")
    }
    return tuple(
        Row(
            held=held,
            then=then.get(held.criterion.pk),
            trend=courses.get((held.version.measure, held.version.dimension), ())
            if held.version.kind in MEASURED
            else (),
            waiver=held.waiver,
            asked=asked.get(held.version.pk),
            attestation=inputs.attestations.get(held.version.pk),
        )
        for held in found.snapshot.criteria
    )


def _trends(inputs: GateInputs, series: list[tuple[str, str]]) -> Mapping[tuple[str, str], tuple[Point, ...]]:
    """Return the trends of a wave's series; readings of other subjects are not sampled."""
    wave = inputs.subject.wave
    return measures.trends(series, wave, since=inputs.at - TREND, until=inputs.at) if series and wave else {}


def _then(package: DecisionPackage | None) -> dict[int, Evaluation]:
    """Criterion → what it came to when this package was sealed."""
    if package is None:
        return {}
    kept = Evaluation.objects.filter(
        version__criterion__gate=package.gate_id, occasion=Occasion.SEAL, evaluated_at=package.sealed_at
    )
    return {row.version.criterion_id: row for row in kept.select_related("version")}


def _turns(inputs: GateInputs, found: GateStatus) -> tuple[Turn, ...]:
    return tuple(_turn(row, found) for row in inputs.packages.get(found.snapshot.gate.pk, ()))


def _turn(package: DecisionPackage, found: GateStatus) -> Turn:
    newest = found.package is not None and found.package.pk == package.pk
    supersession, decision = getattr(package, "supersession", None), getattr(package, "decision", None)
    revalidation = getattr(package, "revalidation", None)
    if newest and found.state not in (GateState.SUPERSEDED, GateState.LAPSED, GateState.WITHDRAWN):
        return Turn(package, found.state, ())
    if revalidation is not None and revalidation.passed:
        return Turn(package, GateState.BEGUN, ())
    if supersession is not None:
        state = rules.ended_by(supersession.cause)
        return Turn(package, state, tuple(change["sentence"] for change in supersession.changes))
    if decision is not None and decision.outcome == Outcome.NO_GO:
        return Turn(package, GateState.NO_GO, ())
    return Turn(package, found.state, tuple(change.sentence for change in found.material))
