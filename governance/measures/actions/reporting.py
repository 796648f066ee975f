"""Values come in: by the API as one report, all or nothing; by run packages line by line."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from django.db import connection
from django.utils import timezone

from console import fact_changes
from console.audit import log
from console.errors import Denied, Invalid
from console.people.models import User
from console.people.permissions import may, may_anywhere
from console.waves import locks as wave_locks
from console.waves.models import Wave
from governance.measures import lines as shapes
from governance.measures import queries
from governance.measures.causes import MeasureCause
from governance.measures.lines import ReportLine, Value
from governance.measures.models import Sample
from triage.line_handlers import LineRefused, Numbered, Origin

MOST: Final = 1000
REPORT: Final = "waves.report_measures"
_LOCK: Final = 0x4D53  # first key of the advisory locks on series: one wave's values are written by one at a time


@dataclass(frozen=True, slots=True)
class Reported:
    """What became of a report: ``kept`` values (``corrected`` of them in place of others), ``repeated`` ones known."""

    kept: int
    repeated: int
    corrected: int
    receipt: str = ""


def report(*, lines: Sequence[Any], source: str, by: User) -> Reported:
    """Keep the values of one report, or none of them. ``source`` names who says so (``api:watch``).

    A line says which wave it speaks of (by slug), or the programme as a whole. A value that is known already is
    ignored; another value of the same measure, part and time is kept as its correction. Raises Denied, and Invalid
    with ``lines``: every line that cannot be believed, by its number from 1, with a sentence.
    """
    if not may_anywhere(by, REPORT, Wave):
        raise Denied("Your roles do not allow you to report measures.")
    if not 1 <= len(lines) <= MOST:
        raise Invalid(f"A report has 1 to {MOST:,} lines; this one has {len(lines):,}.")
    now = timezone.now()
    with log.transaction(by=by, purpose="report_measures"):
        values = _sound(lines, by, now)
        waves = sorted({value.wave_id for value in values if value.wave_id is not None})
        wave_locks.lock_shared(waves)
        done = _keep(values, source=source, now=now)
        if not done.kept:
            return done
        facts = _facts(values, source) | {"kept": done.kept, "corrected": done.corrected, "repeated": done.repeated}
        receipt = log.record("measure.reported", subject="measures", by=by, facts=facts)
        if waves:
            fact_changes.publish(MeasureCause.REPORTED, waves=waves, by=by, about=source)
    return Reported(done.kept, done.repeated, done.corrected, receipt.hash)


def keep_lines(*, run: Origin, lines: Sequence[Numbered], by: User) -> Mapping[int, LineRefused]:
    """Keep the sound lines of one chunk of a run's ``measures`` file; gives back those that cannot be believed.

    Inside intake's transaction, which holds the wave, books the chunk and tells that facts changed.
    """
    now = timezone.now()
    known = queries.definitions(line.measure for _, line in lines)
    refused: dict[int, LineRefused] = {}
    values: list[Value] = []
    for number, line in lines:
        why = shapes.problem(line, known.get(line.measure), now)
        if why:
            refused[number] = LineRefused("measure", why)
        else:
            values.append(shapes.sound(line, known[line.measure], run.wave_id))
    with log.transaction(by=by, purpose="keep_measures"):
        _keep(values, source=f"run:{run.id}", now=now)
    return refused


def _sound(given: Sequence[Any], by: User, now: dt.datetime) -> list[Value]:
    """The values of a report. Raises Invalid with every bad line."""
    parsed: dict[int, ReportLine] = {}
    bad: dict[int, str] = {}
    for number, one in enumerate(given, 1):
        try:
            parsed[number] = shapes.convert(one)
        except (msgspec.ValidationError, UnicodeError) as error:
            bad[number] = f"{error}."
    waves = _waves({line.wave for line in parsed.values()}, by)
    known = queries.definitions(line.measure for line in parsed.values())
    values: dict[int, Value] = {}
    for number, line in parsed.items():
        why = shapes.problem(line, known.get(line.measure), now) or _where(line, waves)
        if why:
            bad[number] = why
        else:
            values[number] = shapes.sound(line, known[line.measure], waves[line.wave])
    bad |= _contradictions(values)
    if bad:
        raise _refusal(bad, len(given))
    return list(values.values())


def _waves(slugs: set[str], by: User) -> dict[str, int | None]:
    """Slug → key of the waves that this person may report for; the programme under the empty slug if they may."""
    named = [slug for slug in slugs if slug.isascii() and slug.isprintable()]
    found: dict[str, int | None] = {
        wave.slug: wave.pk for wave in Wave.objects.filter(slug__in=named) if may(by, REPORT, wave)
    }
    return found | ({"": None} if may(by, REPORT) else {})


def _where(line: ReportLine, waves: Mapping[str, int | None]) -> str:
    if line.wave in waves:
        return ""
    if not line.wave:
        return "You may report for single waves only: name one."
    return "There is no such wave, or you may not report for it."


def _contradictions(values: Mapping[int, Value]) -> dict[int, str]:
    """Lines that say something else than an earlier line of the same report."""
    first: dict[tuple[str, int | None, str, dt.datetime], tuple[int, Value]] = {}
    bad: dict[int, str] = {}
    for number, value in values.items():
        earlier, said = first.setdefault(value.key, (number, value))
        if said.said != value.said:
            bad[number] = f"Conflicts with line {earlier}: two values for the same measure and time."
    return bad


def _refusal(bad: Mapping[int, str], total: int) -> Invalid:
    listed = [{"line": number, "detail": bad[number]} for number in sorted(bad)]
    first = listed[0]
    count = "one line" if len(bad) == 1 else f"{len(bad):,} lines"
    are = "is" if len(bad) == 1 else "are"
    sentence = f"Report rejected: {count} of {total:,} {are} invalid. Line {first['line']}: {first['detail']}"
    return Invalid(sentence, lines=listed)


def _keep(values: Sequence[Value], *, source: str, now: dt.datetime) -> Reported:
    """Write what is not known yet. Several at once about one wave go one after the other, so none is kept twice."""
    if not values:
        return Reported(0, 0, 0)
    _take_turns({value.wave_id or 0 for value in values})
    latest = _known(values)
    rows: list[Sample] = []
    corrected = 0
    for value in values:
        before = latest.get(value.key)
        if before == value.said:
            continue
        corrected += before is not None
        latest[value.key] = value.said
        rows.append(_row(value, source, now))
    Sample.objects.bulk_create(rows, batch_size=500)
    return Reported(len(rows), len(values) - len(rows), corrected)


def _take_turns(keys: Iterable[int]) -> None:
    with connection.cursor() as cursor:
        for key in sorted(keys):
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, key % 2**31])


def _known(values: Sequence[Value]) -> dict[tuple[str, int | None, str, dt.datetime], tuple[Any, ...]]:
    """What the newest samples of the same measures, parts and times say."""
    known: dict[tuple[str, int | None, str, dt.datetime], tuple[Any, ...]] = {}
    for wave_id in {value.wave_id for value in values}:
        of = [value for value in values if value.wave_id == wave_id]
        rows = Sample.objects.filter(
            wave=wave_id,
            measure__in={value.measure for value in of},
            dimension__in={value.dimension for value in of},
            as_of__in={value.as_of for value in of},
        )
        for row in rows.order_by("id"):
            assert row.as_of is not None
            key = (row.measure, row.wave_id, row.dimension, row.as_of)
            known[key] = (row.value, row.numerator, row.denominator, row.samples)
    return known


def _row(value: Value, source: str, now: dt.datetime) -> Sample:
    return Sample(
        measure=value.measure,
        wave_id=value.wave_id,
        dimension=value.dimension,
        value=value.value,
        numerator=value.numerator,
        denominator=value.denominator,
        samples=value.samples,
        as_of=value.as_of,
        received_at=now,
        source=source[:120],
    )


def _facts(values: Sequence[Value], source: str) -> dict[str, Any]:
    said = [
        [*value.key[:3], value.as_of.isoformat(), *(None if part is None else str(part) for part in value.said)]
        for value in values
    ]
    digest = hashlib.sha256(json.dumps(said, separators=(",", ":")).encode()).hexdigest()
    codes = sorted({value.measure for value in values})
    return {"count": len(values), "digest": digest, "codes": codes[:50], "source": source[:120]}
