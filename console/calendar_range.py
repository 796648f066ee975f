"""The years in which dates and times of records may lie: far from the ends of the calendar.

``datetime`` raises at both ends when a time is moved to another zone, and systems that have no date write one of the
ends. Such a date says nothing; to say nothing, a line leaves it out.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

EARLIEST: Final = 1800
LATEST: Final = 2200
#: The rule as far as a JSON Schema can say it.
DAY_PATTERN: Final = r"^(1[89]\d\d|2[01]\d\d|2200)-"
TIME_PATTERN: Final = DAY_PATTERN + r".*([Zz]|[+-]\d\d:?\d\d)$"


def holds(day: dt.date) -> bool:
    """Say whether a date, or the date of a time, is one that records can be about."""
    return EARLIEST <= day.year <= LATEST


def fault(value: dt.date) -> str:
    """What is wrong with a date or time, to follow its name in a sentence; empty when nothing is."""
    if isinstance(value, dt.datetime) and value.tzinfo is None:
        return "has no time zone"
    return "" if holds(value) else f"is not between {EARLIEST} and {LATEST}"
