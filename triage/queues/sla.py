"""When a case is due: so many minutes of a calendar's working time, or of the clock when there is no calendar.

Pure: the policies, the calendar and the moment come in, the moment when the time is up comes out. Working time is
elapsed time: a shift that contains the hour when clocks change is an hour shorter or longer, as it is for the people.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from zoneinfo import ZoneInfo

from console.numbers import whole
from triage.queues import public_holidays

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DEFAULT_MINUTES = 5 * 24 * 60
_HORIZON_DAYS = 2 * 366


@dataclass(frozen=True, slots=True)
class Calendar:
    """Working hours by weekday (Monday 0) as pairs of minutes after local midnight, and days without any.

    Days without any are ``holidays`` and the public holidays of ``country``, or of a part of it.
    """

    zone: str
    weekly: tuple[tuple[tuple[int, int], ...], ...]
    holidays: frozenset[dt.date]
    country: str = ""
    subdivision: str = ""

    def closed(self, day: dt.date) -> bool:
        """Whether this day has no working hours whatever weekday it is."""
        if day in self.holidays:
            return True
        return bool(self.country) and day in public_holidays.in_year(self.country, self.subdivision, day.year)


@dataclass(frozen=True, slots=True)
class Policy:
    """How many minutes for which queue and severity; None holds for all."""

    queue_id: int | None
    severity: int | None
    minutes: int
    calendar: Calendar | None


def calendar(
    zone: str,
    weekly: dict[str, list[list[str]]],
    holidays: Iterable[str],
    *,
    country: str = "",
    subdivision: str = "",
) -> Calendar:
    """A calendar from its stored form. Raises ValueError, with a sentence, for hours or dates that make no sense."""
    unknown = sorted(set(weekly) - set(DAYS))
    if unknown:
        raise ValueError(f"“{unknown[0]}” is no weekday; write mon, tue, wed, thu, fri, sat or sun.")
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"“{zone}” is no time zone that this server knows.") from None
    days = tuple(tuple(sorted(_shift(day, pair) for pair in weekly.get(day, []))) for day in DAYS)
    for day, shifts in zip(DAYS, days, strict=True):
        if any(later[0] < earlier[1] for earlier, later in pairwise(shifts)):
            raise ValueError(f"Two shifts of {day} overlap.")
    return Calendar(zone, days, frozenset(_dates(holidays)), country, subdivision)


def due(start: dt.datetime, minutes: int, within: Calendar | None) -> dt.datetime:
    """The moment ``minutes`` of working time after ``start``, in UTC. Without working hours ahead, by the clock."""
    left = dt.timedelta(minutes=minutes)
    start = start.astimezone(dt.UTC)
    if within is None:
        return start + left
    for opens, closes in _shifts(start, within):
        begin = max(opens, start)
        if closes <= begin:
            continue
        if closes - begin >= left:
            return begin + left
        left -= closes - begin
    return start + dt.timedelta(minutes=minutes)


def end_of_next_working_day(start: dt.datetime, within: Calendar | None) -> dt.datetime:
    """When work ends on the first working day after that of ``start``; without a calendar, a day later by the clock."""
    if within is not None:
        zone = ZoneInfo(within.zone)
        today = start.astimezone(zone).date()
        for offset in range(1, _HORIZON_DAYS):
            day = today + dt.timedelta(days=offset)
            shifts = within.weekly[day.weekday()]
            if shifts and not within.closed(day):
                return _moment(day, shifts[-1][1], zone)
    return start.astimezone(dt.UTC) + dt.timedelta(days=1)


def policy_for(policies: Iterable[Policy], queue_id: int, severity: int) -> Policy | None:
    """The most specific policy: queue and severity, then queue, then severity, then the one for all."""
    fitting = [p for p in policies if p.queue_id in (None, queue_id) and p.severity in (None, severity)]
    return max(fitting, key=lambda p: (p.queue_id is not None, p.severity is not None), default=None)


def due_for(policies: Iterable[Policy], queue_id: int, severity: int, start: dt.datetime) -> dt.datetime:
    """When a case of this queue and severity that starts now is due."""
    policy = policy_for(policies, queue_id, severity)
    return due(start, policy.minutes, policy.calendar) if policy else due(start, DEFAULT_MINUTES, None)


def _shifts(start: dt.datetime, within: Calendar) -> Iterator[tuple[dt.datetime, dt.datetime]]:
    zone = ZoneInfo(within.zone)
    first = start.astimezone(zone).date() - dt.timedelta(days=1)
    for offset in range(_HORIZON_DAYS):
        day = first + dt.timedelta(days=offset)
        if within.closed(day):
            continue
        for opens, closes in within.weekly[day.weekday()]:
            yield _moment(day, opens, zone), _moment(day, closes, zone)


def _moment(day: dt.date, minute: int, zone: ZoneInfo) -> dt.datetime:
    midnight = dt.datetime.combine(day, dt.time())
    return (midnight + dt.timedelta(minutes=minute)).replace(tzinfo=zone).astimezone(dt.UTC)


def _dates(holidays: Iterable[str]) -> Iterator[dt.date]:
    for text in holidays:
        try:
            yield dt.date.fromisoformat(text)
        except ValueError:
            raise ValueError(f"“{text[:40]}” is no date; write it like 2026-12-25.") from None


def _shift(day: str, pair: list[str]) -> tuple[int, int]:
    if len(pair) != 2:
        raise ValueError(f"A shift of {day} needs a beginning and an end.")
    opens, closes = _minute(day, pair[0]), _minute(day, pair[1])
    if opens >= closes:
        raise ValueError(f"The shift of {day} that begins at {pair[0]} ends before it begins.")
    return opens, closes


def _minute(day: str, text: str) -> int:
    hours, _, minutes = text.partition(":")
    hour, minute = whole(hours, most=24), whole(minutes, most=59)
    if hour is None or minute is None or hour * 60 + minute > 24 * 60:
        raise ValueError(f"“{text}” on {day} is no time of day; write it like 08:30, at most 24:00.")
    return hour * 60 + minute
