"""What the triggers of a plan say now: quiet, firing, or blind because their measure is silent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

from console.ui import formatting
from governance.measures import queries as measures
from governance.measures.comparison import Comparison
from governance.measures.readings import Point, Reading
from governance.measures.values import Definition, Freshness, freshness
from governance.rollback import rules, wording
from governance.rollback.models import RollbackPlan, RollbackTrigger

#: However slow a measure is, no more than this is looked back for readings in a row.
LOOK_BACK = dt.timedelta(days=7)


class State(StrEnum):
    """What a trigger says."""

    CALL = "call"
    QUIET = "quiet"
    FIRES = "fires"
    BLIND = "blind"


@dataclass(frozen=True, slots=True)
class Seen:
    """One trigger now. ``observed`` says its value or why there is none; ``bound`` when it fires, both in words."""

    trigger: RollbackTrigger
    state: State
    bound: str
    observed: str
    reading: Reading | None = None
    title: str = ""

    @property
    def sentence(self) -> str:
        """What was observed, with the bound: for an alarm and its notice."""
        return f"{self.title}: {self.observed}; it fires {self.bound}."


def look(plan: RollbackPlan, now: dt.datetime) -> list[Seen]:
    """All triggers of a plan, in their order. The number of queries does not grow with them."""
    triggers = list(plan.triggers.all())
    bound = [trigger for trigger in triggers if trigger.measure]
    known = measures.definitions(trigger.measure for trigger in bound)
    readings = _readings(bound, plan, now)
    points = _points([trigger for trigger in bound if trigger.consecutive > 1], known, plan, now)
    return [
        _judge(trigger, known.get(trigger.measure), readings[trigger.pk], points.get(trigger.pk, ()), now)
        if trigger.measure
        else Seen(trigger, State.CALL, "when a person calls it", "not raised", title=trigger.title)
        for trigger in triggers
    ]


def _readings(
    triggers: Sequence[RollbackTrigger], plan: RollbackPlan, now: dt.datetime, since: dt.datetime | None = None
) -> dict[int, Reading]:
    """Trigger → what its measure says of the plan's wave."""
    wanted = [(trigger.measure, plan.wave, trigger.dimension) for trigger in triggers]
    return dict(zip((row.pk for row in triggers), measures.read_many(wanted, since, now=now), strict=True))


def _points(
    triggers: Sequence[RollbackTrigger], known: Mapping[str, Definition], plan: RollbackPlan, now: dt.datetime
) -> dict[int, tuple[Point, ...]]:
    """Trigger that fires on several values in a row → the values of the time in which they must lie."""
    since = {
        row.pk: now - min(_gap(known[row.measure]) * row.consecutive, LOOK_BACK)
        for row in triggers
        if row.measure in known
    }
    asked = [row for row in triggers if row.pk in since]
    readings = _readings(asked, plan, now, min(since.values())) if asked else {}
    return {
        key: tuple(point for point in reading.points if point.at >= since[key]) for key, reading in readings.items()
    }


def _gap(known: Definition) -> dt.timedelta:
    """The longest time between two values that are in a row."""
    return dt.timedelta(seconds=known.fresh_seconds)


def _judge(
    trigger: RollbackTrigger, known: Definition | None, reading: Reading, points: Sequence[Point], now: dt.datetime
) -> Seen:
    title = known.title if known else trigger.measure
    bound = wording.bound(trigger, known)
    if known is None or reading.value is None or reading.missing:
        return Seen(trigger, State.BLIND, bound, reading.missing or "There is no value.", reading, title)
    observed = wording.value(reading.value, known)
    if freshness(known, reading, now) is not Freshness.FRESH:
        silent = f"silent: the last value, {observed}, is older than {formatting.duration(known.fresh_seconds)}"
        return Seen(trigger, State.BLIND, bound, silent, reading, title)
    return _compare(Seen(trigger, State.QUIET, bound, observed, reading, title), reading.value, points, _gap(known))


def _compare(quiet: Seen, value: Fraction, points: Sequence[Point], gap: dt.timedelta) -> Seen:
    """What a trigger says whose fresh value is known: ``quiet``, unless it has crossed its limit often enough."""
    trigger = quiet.trigger
    assert trigger.threshold is not None
    operator, limit = Comparison(trigger.operator), Fraction(trigger.threshold)
    if not operator.holds(value, limit):
        return quiet
    if trigger.consecutive == 1:
        return replace(quiet, state=State.FIRES)
    row = rules.in_a_row(points, operator, limit, gap=gap)
    state = State.FIRES if row >= trigger.consecutive else State.QUIET
    return replace(quiet, state=state, observed=f"{quiet.observed}, {row} in a row")


def bounds(plan: RollbackPlan) -> list[Seen]:
    """The triggers of a version with their bounds in words, and nothing of what their measures say."""
    triggers = list(plan.triggers.all())
    known = measures.definitions(trigger.measure for trigger in triggers if trigger.measure)
    return [
        Seen(row, State.CALL, wording.bound(row, known.get(row.measure)), "", title=_title(row, known))
        for row in triggers
    ]


def _title(trigger: RollbackTrigger, known: dict[str, Definition]) -> str:
    return known[trigger.measure].title if trigger.measure in known else trigger.measure or "a person's call"
