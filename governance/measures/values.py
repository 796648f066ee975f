"""What a measure is, apart from its values: its code, unit, direction, and how long a value stays believable."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from governance.measures.models import Direction, Unit
from governance.measures.readings import Reading

DAY = 86_400


class Origin(StrEnum):
    """Who says the values of a measure."""

    BUILT_IN = "built-in"
    STANDARD = "standard"
    CUSTOM = "custom"


@dataclass(frozen=True, slots=True)
class Definition:
    """A measure. A value whose data is older than ``fresh_seconds`` is stale; samples go after ``keep_days``.

    ``noun``: what a count counts, in the plural ("cases"). ``inactive``: it may no longer be reported.
    """

    code: str
    title: str
    why: str
    unit: Unit
    direction: Direction
    fresh_seconds: int
    origin: Origin
    keep_days: int = 400
    noun: str = ""
    inactive: bool = False
    query: str = ""
    query_version: int = 1

    @property
    def reported(self) -> bool:
        """Whether its values come from outside."""
        return self.origin is not Origin.BUILT_IN


class Freshness(StrEnum):
    """Whether a reading may be believed, by the age of its data."""

    FRESH = "fresh"
    STALE = "stale"
    MISSING = "missing"


#: How far a clock elsewhere may be ahead of ours. A value of a later time counts for nothing until its time comes.
AHEAD = dt.timedelta(minutes=5)


def freshness(definition: Definition, reading: Reading, now: dt.datetime) -> Freshness:
    """Missing without a value; stale once its data is older than the measure allows, or from a time still to come."""
    if reading.missing or reading.value is None or reading.as_of is None:
        return Freshness.MISSING
    if reading.as_of > now + AHEAD:
        return Freshness.STALE
    age = (now - reading.as_of).total_seconds()
    return Freshness.FRESH if age <= definition.fresh_seconds else Freshness.STALE
