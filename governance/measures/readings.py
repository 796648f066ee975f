"""A reading: what a measure says now, with everything needed to judge whether it may be believed. Pure values."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Point:
    """One value in time."""

    at: dt.datetime
    value: Fraction


@dataclass(frozen=True, slots=True)
class Reading:
    """The latest value of one measure for one wave (None: the whole programme) and one dimension ("": all of it).

    Exactly one of these holds: ``value`` is a number; or ``missing`` is a sentence that says why there is none. For a
    ratio ``value`` is numerator ÷ denominator, exactly; with a denominator of zero there is no value. ``as_of`` is the
    time of the data (not of the question); ``samples`` how many observations stand behind it; ``records`` the address
    of the list of the very records that it counts, or empty.
    """

    measure: str
    wave_id: int | None = None
    dimension: str = ""
    value: Fraction | None = None
    numerator: int | None = None
    denominator: int | None = None
    samples: int | None = None
    as_of: dt.datetime | None = None
    source: str = ""
    query: str = ""
    query_version: int = 1
    missing: str = ""
    records: str = ""
    points: tuple[Point, ...] = ()


def absent(measure: str, why: str, *, wave_id: int | None = None, dimension: str = "", query: str = "") -> Reading:
    """A reading without a value."""
    return Reading(measure, wave_id, dimension, missing=why, query=query or measure)


def exact(value: Decimal | int | None) -> Fraction | None:
    """A number without rounding. None for what is no number (NaN, infinities)."""
    if value is None or (isinstance(value, Decimal) and not value.is_finite()):
        return None
    return Fraction(value)
