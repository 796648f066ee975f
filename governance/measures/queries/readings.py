"""What measures say at a moment. Constant numbers of queries, however many samples there are."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from django.db.models import QuerySet
from django.utils import timezone

from console.waves.models import Wave
from governance.measures import builtin
from governance.measures.builtin import Series
from governance.measures.models import Sample
from governance.measures.queries.definitions import catalogue, definitions
from governance.measures.readings import Point, Reading, absent, exact
from governance.measures.values import AHEAD, Definition, Freshness, freshness
from governance.subjects import WAVE, Subject, as_subject, kind_of

#: What a reading is asked of: a subject, a wave as one, or the whole programme.
About = Subject | Wave | None
#: A series of samples: the measure's code, the wave (None: the whole programme) and the dimension.
SampleKey = tuple[str, int | None, str]

#: The most points that a reading carries; windows that would need more have to be asked for in parts.
POINTS = 5000


@dataclass(frozen=True, slots=True)
class Stated:
    """A measure with what it says now and whether that may be believed."""

    definition: Definition
    reading: Reading
    state: Freshness


# Readings


def read(
    code: str,
    about: About,
    dimension: str = "",
    since: dt.datetime | None = None,
    *,
    now: dt.datetime | None = None,
) -> Reading:
    """What one measure says now of a subject (None: of the whole programme), with its points since then if asked for.

    Built-in measures are read live from the facts; reported ones are the latest sample by the time that it speaks of,
    never one that is ahead of our clock by more than five minutes. A value reported for the whole programme says
    nothing of a wave, nor the other way round. Never raises for want of data: the reading says what is missing.
    """
    return read_many([(code, about, dimension)], since=since, now=now)[0]


def read_many(
    wanted: Sequence[tuple[str, About, str]], since: dt.datetime | None = None, *, now: dt.datetime | None = None
) -> list[Reading]:
    """Several readings (code, subject, dimension), in their order.

    All reported ones together cost one query, and all of one built-in measure as many as one of it.
    Values are reported of waves and of the whole programme; of a subject of another kind only built-in measures speak.
    """
    moment = now or timezone.now()
    found: dict[int, Reading] = {}
    live: dict[str, dict[int, Series]] = defaultdict(dict)
    reported: dict[int, SampleKey] = {}
    known = definitions(code for code, _, _ in wanted)
    for place, (code, about, dimension) in enumerate(wanted):
        measure, subject = builtin.get(code), as_subject(about)
        wave_id = subject.id if subject and subject.kind == WAVE else None
        if why := _unreadable(code, known, measure, subject):
            found[place] = absent(code, why, wave_id=wave_id, dimension=dimension)
        elif measure is not None and subject is not None:
            live[code][place] = Series(subject, dimension)
        else:
            reported[place] = (code, wave_id, dimension)
    for code, places in live.items():
        found |= zip(places, builtin.read(code, list(places.values()), moment), strict=True)
    latest = latest_samples(set(reported.values()), moment)
    for place, key in reported.items():
        found[place] = of_sample(latest[key]) if key in latest else _unreported(*key)
    readings = [found[place] for place in range(len(wanted))]
    return readings if since is None else _with_points(readings, since, moment)


def stated(wave: Wave | None, codes: Iterable[str] | None = None, *, now: dt.datetime | None = None) -> list[Stated]:
    """Every measure of the catalogue (or those of ``codes``) for one wave: its value now and its freshness."""
    moment = now or timezone.now()
    wanted = catalogue() if codes is None else list(definitions(codes).values())
    readings = read_many([(one.code, wave, "") for one in wanted], now=moment)
    return [state(one, reading, moment) for one, reading in zip(wanted, readings, strict=True)]


def state(definition: Definition, reading: Reading, now: dt.datetime) -> Stated:
    """A measure with what a reading of it says, and whether that may be believed now. No query."""
    return Stated(definition, reading, freshness(definition, reading, now))


def by_dimension(code: str, wave: Wave | None, *, now: dt.datetime | None = None) -> list[Reading]:
    """What a measure says of its parts: layers, severities, or whatever was reported in the last thirty days."""
    moment = now or timezone.now()
    measure = builtin.get(code)
    if measure is not None:
        subject = as_subject(wave)
        if subject is None or subject.kind not in measure.kinds or measure.break_down is None:
            return []
        return list(measure.break_down([subject], moment).get(subject, ()))
    of = _samples(code, wave, moment).exclude(dimension="").filter(as_of__gte=moment - dt.timedelta(days=30))
    parts = of.order_by("dimension").values_list("dimension", flat=True).distinct()[:50]
    return read_many([(code, wave, part) for part in parts], now=moment)


def _unreadable(code: str, known: Collection[str], measure: builtin.BuiltIn | None, subject: Subject | None) -> str:
    """Return why a measure says nothing of a subject, whatever its data; empty if it may."""
    label = kind_of(subject.kind).label if subject else ""
    if code not in known:
        return "There is no measure of that code."
    if measure is None:
        return f"Values of this measure are reported for waves, not for a {label}." if label not in ("", WAVE) else ""
    if subject is None:
        labels = " or ".join(sorted(kind_of(kind).label for kind in measure.kinds))
        return f"Choose a {labels}. This measure is calculated per {labels}."
    return "" if subject.kind in measure.kinds else f"This measure is not calculated for a {label}."


def _unreported(code: str, wave_id: int | None, dimension: str) -> Reading:
    of = "this wave" if wave_id else "the programme as a whole"
    part = f" and {dimension}" if dimension else ""
    return absent(code, f"No value reported for {of}{part}.", wave_id=wave_id, dimension=dimension)


# Samples


def samples(code: str, wave: Wave | None, dimension: str = "", *, now: dt.datetime | None = None) -> QuerySet[Sample]:
    """The samples of one series, the newest first; corrected ones are among them, below what corrected them."""
    found = _samples(code, wave, now or timezone.now()).filter(dimension=dimension)
    return found.order_by("-as_of", "-id")


def _samples(code: str, wave: Wave | None, now: dt.datetime) -> QuerySet[Sample]:
    return Sample.objects.filter(measure=code, wave=wave, as_of__lte=now + AHEAD)


def latest_samples(keys: set[SampleKey], now: dt.datetime) -> dict[SampleKey, Sample]:
    """The latest sample of each key in one query: one step into the index for each, however many samples there are."""
    each = [
        Sample.objects.filter(measure=code, wave=wave_id, dimension=dimension, as_of__lte=now + AHEAD).order_by(
            "-as_of", "-id"
        )[:1]
        for code, wave_id, dimension in sorted(keys, key=lambda key: (key[0], key[1] or 0, key[2]))
    ]
    if not each:
        return {}
    found = each[0] if len(each) == 1 else each[0].union(*each[1:], all=True)
    return {(row.measure, row.wave_id, row.dimension): row for row in found}


def of_sample(row: Sample) -> Reading:
    """What a sample says."""
    value = value_of(row)
    why = row.missing or ("There was nothing to count: 0 of 0." if row.denominator == 0 else "")
    return Reading(
        measure=row.measure,
        wave_id=row.wave_id,
        dimension=row.dimension,
        value=value,
        numerator=row.numerator,
        denominator=row.denominator,
        samples=row.denominator if row.samples is None else row.samples,
        as_of=row.as_of,
        source=row.source,
        query=row.query or row.measure,
        query_version=row.query_version,
        missing="" if value is not None else why or "It was reported without a value.",
    )


def value_of(row: Sample) -> Fraction | None:
    """The exact value of a sample; None where there is none."""
    if row.missing:
        return None
    if row.denominator is not None and row.numerator is not None:
        return Fraction(row.numerator, row.denominator) if row.denominator else None
    return exact(row.value)


def _with_points(readings: Sequence[Reading], since: dt.datetime, now: dt.datetime) -> list[Reading]:
    """The readings with their points since then, in one query for all of them."""
    each = [
        Sample.objects.filter(measure=code, wave=wave_id, dimension=dimension, as_of__lte=now + AHEAD)
        .filter(as_of__gte=since)
        .order_by("-as_of", "-id")
        .distinct("as_of")[:POINTS]
        for code, wave_id, dimension in {(one.measure, one.wave_id, one.dimension) for one in readings}
    ]
    if not each:
        return []
    points: dict[SampleKey, list[Point]] = {}
    for row in each[0] if len(each) == 1 else each[0].union(*each[1:], all=True):
        value = value_of(row)
        if row.as_of and value is not None:
            points.setdefault((row.measure, row.wave_id, row.dimension), []).append(Point(row.as_of, value))
    return [
        replace(one, points=tuple(sorted(points.get((one.measure, one.wave_id, one.dimension), []), key=_when)))
        for one in readings
    ]


def _when(point: Point) -> dt.datetime:
    return point.at
