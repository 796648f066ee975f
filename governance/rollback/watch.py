"""What the triggers of a plan say now: quiet, firing, or blind because their measure is silent."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from console.ui import formatting
from governance.measures import queries as measures
from governance.measures.comparison import Comparison
from governance.measures.readings import Reading
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
    """All triggers of a plan, in their order."""
    triggers = list(plan.triggers.all())
    bound = [trigger for trigger in triggers if trigger.measure]
    known = measures.definitions(trigger.measure for trigger in bound)
    wanted = [(trigger.measure, plan.wave, trigger.dimension) for trigger in bound]
    readings = dict(zip((trigger.pk for trigger in bound), measures.read_many(wanted, now=now), strict=True))
    return [
        _judge(trigger, known.get(trigger.measure), readings[trigger.pk], plan, now)
        if trigger.measure
        else Seen(trigger, State.CALL, "when a person calls it", "not raised", title=trigger.title)
        for trigger in triggers
    ]


def _judge(
    trigger: RollbackTrigger, known: Definition | None, reading: Reading, plan: RollbackPlan, now: dt.datetime
) -> Seen:
    title = known.title if known else trigger.measure
    bound = wording.bound(trigger, known)
    if known is None or reading.value is None or reading.missing:
        return Seen(trigger, State.BLIND, bound, reading.missing or "There is no value.", reading, title)
    observed = wording.value(reading.value, known)
    if freshness(known, reading, now) is not Freshness.FRESH:
        silent = f"silent: the last value, {observed}, is older than {formatting.duration(known.fresh_seconds)}"
        return Seen(trigger, State.BLIND, bound, silent, reading, title)
    return _compare(trigger, known, reading, plan, now, Seen(trigger, State.QUIET, bound, observed, reading, title))


def _compare(
    trigger: RollbackTrigger, known: Definition, reading: Reading, plan: RollbackPlan, now: dt.datetime, quiet: Seen
) -> Seen:
    assert trigger.threshold is not None
    assert reading.value is not None
    limit = Fraction(trigger.threshold)
    if not Comparison(trigger.operator).holds(reading.value, limit):
        return quiet
    row = 1 if trigger.consecutive == 1 else _row(trigger, known, plan, now, limit)
    state = State.FIRES if row >= trigger.consecutive else State.QUIET
    said = quiet.observed if trigger.consecutive == 1 else f"{quiet.observed}, {row} in a row"
    return Seen(trigger, state, quiet.bound, said, reading, quiet.title)


def _row(trigger: RollbackTrigger, known: Definition, plan: RollbackPlan, now: dt.datetime, limit: Fraction) -> int:
    gap = dt.timedelta(seconds=known.fresh_seconds)
    since = now - min(gap * trigger.consecutive, LOOK_BACK)
    points = measures.read(trigger.measure, plan.wave, trigger.dimension, since, now=now).points
    return rules.in_a_row(points, Comparison(trigger.operator), limit, gap=gap)


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
