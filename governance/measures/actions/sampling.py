"""What beat asks for: a sample of each built-in measure now and then, and an end to samples whose time is over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Final

from django.db import connection
from django.utils import timezone

from console.audit import log
from console.people.models import User
from console.people.permissions import require
from console.waves.models import Wave
from governance.measures import builtin, queries
from governance.measures.builtin import Series
from governance.measures.models import Sample, Unit
from governance.measures.readings import Reading
from governance.subjects import WAVE, Subject, of_wave

EACH_HOUR: Final = dt.timedelta(hours=1)
KEEP_DAYS: Final = 400
_LOCK: Final = 0x4D534D50  # advisory lock: one sampling at a time, however many beats fire


def sample_builtins(*, by: User, now: dt.datetime | None = None) -> int:
    """Keep a sample of each built-in measure of each wave that has changed, or whose last is an hour old. How many.

    A sample of a built-in measure is of the moment at which it was read; an event's, of the event.
    """
    require(by, "waves.report_measures", to="keep samples")
    moment = now or timezone.now()
    with log.transaction(by=by, purpose="sample_measures"):
        if not _alone():
            return 0
        rows = _due([of_wave(wave) for wave in Wave.objects.order_by("pk")], moment)
        if rows:
            Sample.objects.bulk_create(rows, batch_size=500)
            log.record("measure.sampled", subject="measures", by=by, facts={"count": len(rows)})
    return len(rows)


def forget_old(*, by: User, now: dt.datetime | None = None) -> int:
    """Delete the samples received longer ago than their measure keeps them. Gives their number."""
    require(by, "waves.manage_measures", to="let samples go")
    moment = now or timezone.now()
    known = queries.catalogue(inactive=True)
    gone = 0
    with log.transaction(by=by, purpose="forget_measures"):
        for days in sorted({definition.keep_days for definition in known}):
            codes = [definition.code for definition in known if definition.keep_days == days]
            old = Sample.objects.filter(received_at__lt=_before(moment, days))
            gone += old.filter(measure__in=codes).delete()[0]
        rest = Sample.objects.filter(received_at__lt=_before(moment, KEEP_DAYS))
        gone += rest.exclude(measure__in=[definition.code for definition in known]).delete()[0]
        if gone:
            log.record("measure.forgotten", subject="measures", by=by, facts={"count": gone})
    return gone


def _before(moment: dt.datetime, days: int) -> dt.datetime:
    return moment - dt.timedelta(days=min(days, 36_500))


def _alone() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        return bool((cursor.fetchone() or (False,))[0])


def _due(waves: Sequence[Subject], now: dt.datetime) -> list[Sample]:
    readings = [
        (measure, reading)
        for measure in builtin.every()
        if WAVE in measure.kinds
        for reading in _readings(measure, waves, now)
        if reading.value is not None
    ]
    last = queries.latest_samples({_series(reading) for _, reading in readings}, now)
    return [
        _sample(measure, reading, now)
        for measure, reading in readings
        if _differs(last.get(_series(reading)), reading, measure, now)
    ]


def _readings(measure: builtin.BuiltIn, waves: Sequence[Subject], now: dt.datetime) -> list[Reading]:
    """What a measure says of each wave as a whole, and of the parts of those of which it says anything."""
    wholes = measure.read([Series(wave) for wave in waves], now)
    known = [wave for wave, whole in zip(waves, wholes, strict=True) if not whole.missing]
    parts = measure.break_down(known, now) if measure.break_down else {}
    return [*wholes, *(part for wave in known for part in parts.get(wave, ()))]


def _series(reading: Reading) -> queries.SampleKey:
    return reading.measure, reading.wave_id, reading.dimension


def _differs(last: Sample | None, reading: Reading, measure: builtin.BuiltIn, now: dt.datetime) -> bool:
    if last is None or last.as_of is None:
        return True
    if measure.unit == Unit.EVENT:
        return last.as_of != reading.as_of
    if now - last.as_of >= EACH_HOUR:
        return True
    if reading.denominator is not None:
        return (last.numerator, last.denominator) != (reading.numerator, reading.denominator)
    return reading.value is None or last.value != _decimal(reading.value)


def _decimal(value: Fraction) -> Decimal:
    """Round to six decimals: samples of built-in measures are for charts; evaluation reads the measure itself."""
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal("0.000001"))


def _sample(measure: builtin.BuiltIn, reading: Reading, now: dt.datetime) -> Sample:
    ratio = reading.denominator is not None
    assert reading.value is not None
    return Sample(
        measure=reading.measure,
        wave_id=reading.wave_id,
        dimension=reading.dimension[:120],
        value=None if ratio else _decimal(reading.value),
        numerator=reading.numerator,
        denominator=reading.denominator,
        samples=reading.samples,
        as_of=reading.as_of if measure.unit == Unit.EVENT else now,
        received_at=now,
        source="concord",
        query=reading.query[:64],
        query_version=measure.query_version,
    )
