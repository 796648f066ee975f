"""Gates as their pages show them: the lanes of a wave, one gate whole, the turns that it has taken."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from django.utils import timezone

from console.answers import Answer
from console.people.models import User, UserKind
from console.people.permissions import may, require, scoped
from console.waves.models import Wave
from governance.gates import rules
from governance.gates.models import (
    Attestation,
    DecisionPackage,
    Evaluation,
    Gate,
    Outcome,
    Phase,
    Seat,
    Waiver,
)
from governance.gates.models.assessments import Occasion, WaiverState
from governance.gates.models.gate import MEASURED
from governance.gates.packages.snapshots import Held
from governance.gates.queries import inputs as grounds
from governance.gates.queries.headline import what_blocks, who_must_act
from governance.gates.queries.inputs import GateInputs
from governance.gates.queries.polls import PollView, poll
from governance.gates.queries.status import GateStatus, standing
from governance.gates.rules import GateState
from governance.measures import queries as measures
from governance.measures.readings import Point

SEE: Final = "waves.view_wave"
TREND: Final = dt.timedelta(days=14)
_ENDS: Final = {"withdrawn": GateState.WITHDRAWN, "lapsed": GateState.LAPSED}


@dataclass(frozen=True, slots=True)
class Lane:
    """The gate of one phase as a wave's overview shows it; ``gate`` is None where the wave has none."""

    phase: Phase
    gate: Gate | None
    state: GateState | None
    blocks: tuple[str, ...]
    who: str
    turn: int = 0


@dataclass(frozen=True, slots=True)
class WaveLanes:
    """A wave with a lane for each phase, in their order."""

    wave: Wave
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


def lanes(user: User, waves: Iterable[Wave] | None = None, *, now: dt.datetime | None = None) -> list[WaveLanes]:
    """The lanes of these waves (None: of all) that the user may see. Each wave costs a constant number of queries."""
    moment = now or timezone.now()
    seen = scoped(user, SEE, Wave.objects.all())
    if waves is not None:
        seen = seen.filter(pk__in=[wave.pk for wave in waves])
    return [_lanes(wave, moment) for wave in seen.order_by("slug")]


def gate_page(gate: Gate, user: User, *, now: dt.datetime | None = None) -> GatePage:
    """One gate as ``user`` may see it, in a constant number of queries. Raises Denied."""
    require(user, SEE, gate.wave, to="see the gates of this wave")
    ground = grounds.read(gate.wave, now or timezone.now())
    found = standing(ground, ground.gates[gate.pk])
    seats = _seats(ground, found)
    return GatePage(
        gate=ground.gates[gate.pk],
        standing=found,
        blocks=what_blocks(found),
        who=who_must_act(found, seats),
        rows=_rows(ground, found),
        poll=poll(found, seats, user),
        seats=seats,
        turns=_turns(ground, found),
        answers=answers(found, user, ground.at),
    )


def answers(found: GateStatus, user: User, now: dt.datetime) -> dict[str, Answer]:
    """What this person may do with the gate now: seal, withdraw, vote, consolidate, decide, begin."""
    wave, seen, barred = found.snapshot.gate.wave, found.seen, found.barred or {}
    manages = may(user, "waves.manage_gates", wave)
    votes = user.kind == UserKind.PERSON and may(user, "waves.vote_gates", wave)
    return {
        "seal": rules.may_seal(
            seen,
            found.snapshot.board,
            found.snapshot.judged,
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
        "begin": rules.may_begin(seen, able=may(user, "waves.begin_gates", wave), now=now),
    }


def _lanes(wave: Wave, now: dt.datetime) -> WaveLanes:
    ground = grounds.read(wave, now)
    by_phase = {gate.phase: gate for gate in ground.gates.values()}
    return WaveLanes(wave, tuple(_lane(ground, phase, by_phase.get(phase)) for phase in Phase))


def _lane(ground: GateInputs, phase: Phase, gate: Gate | None) -> Lane:
    if gate is None:
        return Lane(phase, None, None, (), "")
    found = standing(ground, gate)
    turn = found.package.turn if found.package else 0
    return Lane(phase, gate, found.state, what_blocks(found), who_must_act(found, _seats(ground, found)), turn)


def _seats(ground: GateInputs, found: GateStatus) -> tuple[Seat, ...]:
    """Those of the newest package's policy; before anything was sealed those of the current one."""
    return ground.seats.get(found.package.policy_id, ()) if found.package else found.snapshot.seats


def _rows(ground: GateInputs, found: GateStatus) -> tuple[Row, ...]:
    judged_by = [held.version for held in found.snapshot.criteria]
    then = _then(found.package)
    series = [(version.measure, version.dimension) for version in judged_by if version.measure]
    courses = measures.trends(series, ground.wave, since=ground.at - TREND, until=ground.at) if series else {}
    asked = {
        row.version_id: row
        for row in Waiver.objects.filter(version__in=judged_by, granted__isnull=True).select_related("requested_by")
        if row.state_at(ground.at) == WaiverState.ASKED
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
            attestation=ground.attestations.get(held.version.pk),
        )
        for held in found.snapshot.criteria
    )


def _then(package: DecisionPackage | None) -> dict[int, Evaluation]:
    """Criterion → what it came to when this package was sealed."""
    if package is None:
        return {}
    kept = Evaluation.objects.filter(
        version__criterion__gate=package.gate_id, occasion=Occasion.SEAL, evaluated_at=package.sealed_at
    )
    return {row.version.criterion_id: row for row in kept.select_related("version")}


def _turns(ground: GateInputs, found: GateStatus) -> tuple[Turn, ...]:
    return tuple(_turn(row, found) for row in ground.packages.get(found.snapshot.gate.pk, ()))


def _turn(package: DecisionPackage, found: GateStatus) -> Turn:
    newest = found.package is not None and found.package.pk == package.pk
    supersession, decision = getattr(package, "supersession", None), getattr(package, "decision", None)
    revalidation = getattr(package, "revalidation", None)
    if newest and found.state not in (GateState.SUPERSEDED, GateState.LAPSED, GateState.WITHDRAWN):
        return Turn(package, found.state, ())
    if revalidation is not None and revalidation.passed:
        return Turn(package, GateState.BEGUN, ())
    if supersession is not None:
        state = _ENDS.get(supersession.cause, GateState.SUPERSEDED)
        return Turn(package, state, tuple(change["sentence"] for change in supersession.changes))
    if decision is not None and decision.outcome == Outcome.NO_GO:
        return Turn(package, GateState.NO_GO, ())
    return Turn(package, found.state, tuple(change.sentence for change in found.material))
