"""Dates and times as hospital staff read them. One display format: ``29-Nov-2026 03:35 EAT``, the zone always shown.

Pages show the person's zone; notices, board packs, signatures, exports, the audit log and commands show UTC. Relative
times are for what has happened and for orientation, never for a deadline or a signature.
"""

from __future__ import annotations

import datetime as dt
import math
from typing import Final
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from console.ui import formatting, text

_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NOTHING: Final = mark_safe('<span class="quiet">none</span>')
_STEPS: Final = ((60, 1, "second"), (3600, 60, "minute"), (86_400, 3600, "hour"), (86_400 * 60, 86_400, "day"))


def day(value: dt.date | str | None) -> str:
    """``02-Jan-1970``; an ISO date in a text is read, any other text is returned as it is, None as ``""``."""
    if isinstance(value, str):
        try:
            value = dt.date.fromisoformat(value)
        except ValueError:
            return str(value)
    if value is None:
        return ""
    return f"{value.day:02d}-{_MONTHS[value.month - 1]}-{value.year:04d}"


def clock(value: dt.datetime | None) -> str:
    """``29-Nov-2026 03:35 EAT`` in the active time zone: for pages. None gives ``""``."""
    return "" if value is None else _stamp(_moved(value, timezone.get_current_timezone()))


def utc(value: dt.datetime | str | None) -> str:
    """``28-Nov-2026 22:05 UTC``: for notices, packs, signatures, exports, the audit log and commands.

    An ISO 8601 time in a text, as sealed documents hold it, is read, any other text is returned as it is; None and
    ``""`` give ``""``.
    """
    if not value:
        return ""
    if isinstance(value, str):
        try:
            value = dt.datetime.fromisoformat(value)
        except ValueError:
            return str(value)
    return _stamp(_moved(value, dt.UTC))


def in_zone(value: dt.datetime, zone: str) -> str:
    """``29-Nov-2026 03:35 EAT`` in a named zone: the local time of who signed."""
    return _stamp(_moved(value, ZoneInfo(zone)))


def relative(value: dt.datetime, now: dt.datetime | None = None) -> str:
    """``5 minutes ago``, ``in 2 hours``, ``just now``; beyond sixty days the date. Whole units, rounded down."""
    if value.tzinfo is None:
        return _stamp(value)  # how long ago that was cannot be said
    seconds = ((now or timezone.now()) - value).total_seconds()
    distance = abs(seconds)
    if distance < 5:
        return "just now"
    for limit, unit, name in _STEPS:
        if distance < limit:
            amount = text.plural(int(distance // unit), name)
            return f"{amount} ago" if seconds > 0 else f"in {amount}"
    return day(_moved(value, timezone.get_current_timezone()))


def moment(value: dt.datetime | None, style: str = "relative") -> SafeString:
    """A ``<time>`` element with the machine's time, and exact UTC in the title.

    ``style``: ``relative``; ``exact`` in the person's zone, for deadlines; ``utc``, for signatures and the audit log.
    """
    if value is None:
        return _NOTHING
    exact = _moved(value, dt.UTC)
    shown = escape(_STYLES.get(style, relative)(value))
    title = f"{day(exact)} {exact:%H:%M:%S} {_zone(exact)}"
    machine = exact.isoformat(timespec="seconds")
    return mark_safe(f'<time datetime="{machine}" title="{title}">{shown}</time>')  # noqa: S308 - escaped


def span(seconds: float | None) -> str:
    """A length of time in its two largest units: ``2 hours 5 minutes``. None gives ``""``."""
    return "" if seconds is None or not math.isfinite(seconds) else formatting.about(round(seconds))


def _moved(value: dt.datetime, zone: dt.tzinfo) -> dt.datetime:
    """The same time in another zone.

    As it stands when it has no zone, or when the calendar ends before the other zone's day: lines that were taken in
    long ago may hold such times, and no page fails on one.
    """
    if value.tzinfo is None:
        return value
    try:
        return value.astimezone(zone)
    except (OverflowError, ValueError):
        return value


def _stamp(local: dt.datetime) -> str:
    return f"{day(local)} {local:%H:%M} {_zone(local)}"


def _zone(local: dt.datetime) -> str:
    try:
        name = local.tzname()
    except (OverflowError, ValueError):
        name = str(local.tzinfo)
    if name is None:
        return "(no zone)"
    return f"UTC{name}" if name[:1] in ("+", "-") else name


_STYLES: Final = {"exact": clock, "utc": utc}
