"""No page fails on a stored time: with a zone or without, at the ends of the calendar too, seen from anywhere."""

from __future__ import annotations

import datetime as dt
import math
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from hypothesis import example, given
from hypothesis import strategies as st

from console.ui import dates
from tests.ui.rendering import draw

OFFSETS = st.integers(-1439, 1439).map(lambda minutes: dt.timezone(dt.timedelta(minutes=minutes)))
NAMED = st.sampled_from(["Africa/Kampala", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/London", "UTC"])
ZONES = st.none() | OFFSETS | NAMED.map(ZoneInfo)
TIMES = st.datetimes(timezones=ZONES)
#: As lines held it before a zone was asked for.
NAIVE = dt.datetime.fromisoformat("2026-09-01T10:00:00")
ENDS = [
    NAIVE,
    dt.datetime(1, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=3))),
    dt.datetime(9999, 12, 31, 23, 59, 59, tzinfo=dt.timezone(dt.timedelta(hours=-5))),
    dt.datetime(9999, 12, 31, 23, 59, 59, tzinfo=dt.UTC),
    dt.datetime.fromisoformat("9999-12-31T23:59:59.999999"),
    dt.datetime.min.replace(tzinfo=ZoneInfo("Pacific/Kiritimati")),
    dt.datetime.max.replace(tzinfo=ZoneInfo("Pacific/Pago_Pago")),
]
PAGE = (
    "{% moment t %}{% moment t 'exact' %}{% moment t 'utc' %}{{ t|day }}{{ t|clock }}{{ t|utc }}"
    "{{ t|in_zone:'Asia/Tokyo' }}"
)


def _every_helper(value: dt.datetime, zone: str) -> str:
    with timezone.override(zone):
        shown = [dates.day(value), dates.clock(value), dates.utc(value), dates.in_zone(value, zone)]
        shown += [dates.relative(value), *(dates.moment(value, style) for style in ("relative", "exact", "utc"))]
    assert all(shown)
    return " ".join(shown)


@given(TIMES, NAMED)
@example(ENDS[0], "UTC")
@example(ENDS[4], "UTC")
def test_every_time_is_shown(value: dt.datetime, zone: str) -> None:
    assert "<time " in _every_helper(value, zone)


@pytest.mark.parametrize("value", ENDS)
@pytest.mark.parametrize("zone", ["Africa/Kampala", "Pacific/Kiritimati", "Pacific/Pago_Pago", "UTC"])
def test_the_ends_of_the_calendar_are_shown_on_a_page(value: dt.datetime, zone: str) -> None:
    _every_helper(value, zone)
    with timezone.override(zone):
        assert f"{value.year:04d}" in draw(PAGE, t=value)


def test_a_time_without_a_zone_says_so() -> None:
    assert dates.clock(NAIVE) == "01-Sep-2026 10:00 (no zone)"
    assert "(no zone)" in dates.moment(NAIVE)


def test_a_time_that_no_other_zone_has_keeps_its_own() -> None:
    first = dt.datetime(1, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=3)))
    assert dates.utc(first) == "01-Jan-0001 00:00 UTC+03:00"


@given(st.dates())
def test_every_date_is_shown(value: dt.date) -> None:
    assert dates.day(value) == dates.day(value.isoformat())


@given(st.text(max_size=30))
def test_every_text_in_place_of_a_time_is_shown(text: str) -> None:
    assert dates.day(text) is not None
    assert dates.utc(text) is not None


@given(st.floats())
def test_every_length_of_time_is_shown(seconds: float) -> None:
    assert isinstance(dates.span(seconds), str)
    assert bool(dates.span(seconds)) is math.isfinite(seconds)
