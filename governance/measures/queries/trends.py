"""How measures went: at most sixty points each, real samples all, for the price of sixty steps into the index."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, Final

from django.db import connection
from django.utils import timezone

from console import keyset
from console.keyset import TOP, Page, Place
from console.waves.models import Wave
from governance.measures.models import Sample
from governance.measures.queries.readings import samples, value_of
from governance.measures.readings import Point

STEPS: Final = 60
LATEST: Final = keyset.Order(keyset.moment("as_of", descending=True), keyset.number("pk", descending=True))
_SERIES: Final = """
    SELECT wanted.code, wanted.part, found.as_of, found.value, found.numerator, found.denominator, found.missing
      FROM unnest(%s::text[], %s::text[]) AS wanted(code, part)
     CROSS JOIN generate_series(0, %s) AS step
     CROSS JOIN LATERAL (
           SELECT as_of, value, numerator, denominator, missing FROM measures_sample
            WHERE measure = wanted.code AND dimension = wanted.part AND {wave}
              AND as_of <= %s - step * %s AND as_of > %s - (step + 1) * %s
            ORDER BY as_of DESC, id DESC LIMIT 1) AS found
     ORDER BY found.as_of
"""
_OF_WAVE, _OF_ALL = _SERIES.format(wave="wave_id = %s"), _SERIES.format(wave="wave_id IS NULL")


def trends(
    wanted: Iterable[tuple[str, str]], wave: Wave | None, *, since: dt.datetime, until: dt.datetime | None = None
) -> dict[tuple[str, str], tuple[Point, ...]]:
    """The course of several series (code, dimension) of one wave: of each sixtieth of the time its last sample.

    One query. Times without a sample, and samples without a value, give no point.
    """
    keys = sorted(set(wanted))
    end = until or timezone.now()
    step = (end - since) / STEPS
    codes, parts = [code for code, _ in keys], [part for _, part in keys]
    values: list[Any] = [codes, parts, STEPS - 1, *([] if wave is None else [wave.pk]), end, step, end, step]
    course: dict[tuple[str, str], list[Point]] = {key: [] for key in keys}
    with connection.cursor() as cursor:
        cursor.execute(_OF_ALL if wave is None else _OF_WAVE, values)
        for code, part, at, number, above, below, missing in cursor.fetchall():
            value = value_of(Sample(value=number, numerator=above, denominator=below, missing=missing))
            if value is not None:
                course[code, part].append(Point(at, value))
    return {key: tuple(points) for key, points in course.items()}


def page_of_samples(code: str, wave: Wave | None, dimension: str = "", *, place: Place = TOP) -> Page[Sample]:
    """One page of the samples of a series, the newest first."""
    return keyset.page(samples(code, wave, dimension), LATEST, place)
