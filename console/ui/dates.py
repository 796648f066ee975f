"""Dates and times as hospital staff read them: ``02-Jan-1970``, relative moments with exact UTC behind them."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NOTHING = mark_safe('<span class="quiet">none</span>')
_STEPS = ((60, 1, "s"), (3600, 60, "min"), (86_400, 3600, "h"), (86_400 * 60, 86_400, "d"))


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


def clock(value: dt.datetime) -> str:
    """``02-Jan-1970 14:05`` in the active time zone."""
    local = timezone.localtime(value)
    return f"{day(local)} {local:%H:%M}"


def relative(value: dt.datetime, now: dt.datetime | None = None) -> str:
    """``5 min ago``, ``in 2 h``, ``just now``; beyond sixty days the date itself. Whole units, rounded down."""
    seconds = ((now or timezone.now()) - value).total_seconds()
    distance = abs(seconds)
    if distance < 5:
        return "just now"
    for limit, unit, name in _STEPS:
        if distance < limit:
            amount = f"{int(distance // unit)} {name}"
            return f"{amount} ago" if seconds > 0 else f"in {amount}"
    return day(timezone.localtime(value))


def moment(value: dt.datetime | None, style: str = "relative") -> SafeString:
    """A ``<time>`` element: relative (or ``style="exact"``) text, the machine's time, and exact UTC in the title."""
    if value is None:
        return _NOTHING
    utc = value.astimezone(dt.UTC)
    text = clock(value) if style == "exact" else relative(value)
    title = f"{day(utc)} {utc:%H:%M:%S} UTC"
    return format_html('<time datetime="{}" title="{}">{}</time>', utc.isoformat(timespec="seconds"), title, text)


def span(seconds: float | None) -> str:
    """A length of time for people: ``45 s``, ``3 min``, ``2 h 5 min``, ``4 d 3 h``. None gives ``""``."""
    if seconds is None:
        return ""
    left = max(0, round(seconds))
    if left < 60:
        return f"{left} s"
    days, left = divmod(left, 86_400)
    hours, left = divmod(left, 3600)
    minutes = left // 60
    parts = [(days, "d"), (hours, "h"), (minutes, "min")]
    return " ".join(f"{amount} {unit}" for amount, unit in [part for part in parts if part[0]][:2])
