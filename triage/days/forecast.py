"""When a queue is empty at the pace of its last full days. Pure; the sentences are for people who plan shifts.

The pace is the mean of what went out a day less what came in. How much that mean hangs on one day is told by the two
means without the best and without the worst day: not a prediction interval, and not called one.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

#: The pace is that of so many full days: a whole week has its days off in it, so that the days ahead need no calendar.
DAYS: Final = 7
#: Fewer full days than this are no pace.
FEWEST: Final = 3
#: Further ahead than this no date is named.
HORIZON: Final = 365

Outlook = Literal["empty", "early", "idle", "steady", "grows", "empties", "far"]


@dataclass(frozen=True, slots=True)
class DayFlow:
    """How many cases came into a queue and went out of it on one day."""

    day: dt.date
    came: int
    went: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """What becomes of a queue at its pace. ``change``: cases a day that it grows by, negative for one that shrinks.

    ``on``: the day on which it is empty, ``soonest`` and ``latest`` without its worst and without its best day. A
    ``latest`` of None beside an ``on``: without its best day it would not shrink.
    """

    outlook: Outlook
    change: float = 0.0
    on: dt.date | None = None
    soonest: dt.date | None = None
    latest: dt.date | None = None

    @property
    def words(self) -> str:
        """How much it changes by, without a sign: "4.3"."""
        return pace(abs(self.change))


def pace(cases: float) -> str:
    """A number of cases a day: one decimal below ten, none from there on. "2.7", "1,204"."""
    return f"{cases:,.0f}" if cases >= 9.95 or cases == round(cases) else f"{cases:.1f}"


def forecast(waiting: int, days: Sequence[DayFlow], *, today: dt.date) -> Forecast:
    """What becomes of ``waiting`` cases at the pace of ``days``, full days of which today is none."""
    if len(days) < FEWEST:
        return Forecast("early")
    came, went = sum(day.came for day in days), sum(day.went for day in days)
    change = (came - went) / len(days)
    if not waiting and not change > 0:
        return Forecast("empty", change)
    if not went:
        return Forecast("grows" if came else "idle", change)
    if change > 0:
        return Forecast("grows", change)
    if not change:
        return Forecast("steady", change)
    if -change * HORIZON < waiting:
        return Forecast("far", change)
    by_pace = sorted(days, key=lambda day: day.went - day.came)
    return Forecast(
        "empties",
        change,
        _empty_on(waiting, days, today),
        _empty_on(waiting, by_pace[1:], today),
        _empty_on(waiting, by_pace[:-1], today),
    )


def _empty_on(waiting: int, days: Sequence[DayFlow], today: dt.date) -> dt.date | None:
    """The day on which nothing waits any longer at the pace of these days; None when that is beyond the horizon."""
    pace = sum(day.went - day.came for day in days) / len(days)
    if pace <= 0 or waiting > pace * HORIZON:
        return None
    return today + dt.timedelta(days=math.ceil(waiting / pace))
