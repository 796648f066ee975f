"""The measure that gates ask for: when the rollback was last rehearsed in a way that counts."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

from django.urls import reverse

from governance.measures.builtin import BuiltIn
from governance.measures.models import Direction, Unit
from governance.measures.readings import Reading, absent
from governance.measures.values import DAY
from governance.rollback import queries, rules
from governance.subjects import Subject

CODE = "rollback-rehearsed"


def read(subject: Subject, dimension: str, now: dt.datetime) -> Reading:
    """Return the end of the last qualifying rehearsal of a wave's live plan, or the reason why there is none."""
    wave = subject.waves[0]
    plan = queries.live_plan(wave)
    counted = queries.counting(wave, plan, now)
    records = reverse("rollback:plan", args=[wave.slug])
    if not counted:
        why = queries.why_unrehearsed(wave, plan, now)
        return absent(CODE, why, wave_id=wave.pk, dimension=dimension)
    return Reading(
        CODE,
        wave.pk,
        dimension,
        value=Fraction(1),
        samples=len(counted),
        as_of=counted[0].finished_at,
        source="concord",
        query=CODE,
        records=records,
    )


MEASURE = BuiltIn(
    code=CODE,
    title="Last rehearsal of the rollback",
    why="A way back that nobody has walked is a hope. It counts with the very plan, in time and with real volume.",
    unit=Unit.EVENT,
    direction=Direction.HIGHER,
    read=read,
    fresh_seconds=rules.REHEARSED_WITHIN.days * DAY,
    noun="rehearsals",
)
