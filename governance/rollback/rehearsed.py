"""The measure that gates ask for: when the rollback was last rehearsed in a way that counts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from fractions import Fraction

from django.urls import reverse

from governance.measures.builtin import BuiltIn, Series
from governance.measures.models import Direction, Unit
from governance.measures.readings import Reading, absent
from governance.measures.values import DAY
from governance.rollback import queries, rules
from governance.rollback.models import Rehearsal

CODE = "rollback-rehearsed"


def read(asked: Sequence[Series], now: dt.datetime) -> list[Reading]:
    """Return the end of the last qualifying rehearsal of each wave's live plan, or the reason why there is none."""
    waves = {series.subject.id: series.subject.waves[0] for series in asked}
    live = queries.plans_of(waves.values())
    plans = {key: live.get(key) for key in waves}
    counted = queries.counting(plans, now)
    without = {key: plan for key, plan in plans.items() if not counted[key]}
    why = queries.why_unrehearsed(without, now) if without else {}
    return [
        absent(CODE, why[series.subject.id], wave_id=series.subject.id, dimension=series.dimension)
        if series.subject.id in why
        else _rehearsed(series, counted[series.subject.id])
        for series in asked
    ]


def _rehearsed(series: Series, counted: Sequence[Rehearsal]) -> Reading:
    return Reading(
        CODE,
        series.subject.id,
        series.dimension,
        value=Fraction(1),
        samples=len(counted),
        as_of=counted[0].finished_at,
        source="concord",
        query=CODE,
        records=reverse("rollback:plan", args=[series.subject.ref]),
    )


MEASURE = BuiltIn(
    code=CODE,
    title="Last qualifying rollback rehearsal",
    why="Only a rehearsal of the current plan version, within the time objective and at production volume, counts.",
    unit=Unit.EVENT,
    direction=Direction.HIGHER,
    read=read,
    fresh_seconds=rules.REHEARSED_WITHIN.days * DAY,
    noun="rehearsals",
)
