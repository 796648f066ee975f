"""Due times: working hours, holidays, and the nights when clocks change."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.queues import sla

LONDON = ZoneInfo("Europe/London")
OFFICE = {day: [["09:00", "12:00"], ["13:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}


def office(holidays=()):
    return sla.calendar("Europe/London", OFFICE, holidays)


def local(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=LONDON)


@pytest.mark.parametrize(
    ("start", "minutes", "due"),
    [
        (local(2026, 9, 1, 9, 0), 60, local(2026, 9, 1, 10, 0)),
        (local(2026, 9, 1, 11, 30), 60, local(2026, 9, 1, 13, 30)),  # over lunch
        (local(2026, 9, 1, 16, 30), 60, local(2026, 9, 2, 9, 30)),  # over night
        (local(2026, 9, 4, 16, 30), 60, local(2026, 9, 7, 9, 30)),  # over the weekend
        (local(2026, 9, 5, 3, 0), 60, local(2026, 9, 7, 10, 0)),  # started on a Saturday
        (local(2026, 9, 1, 9, 0), 420, local(2026, 9, 1, 17, 0)),  # to the last minute of the day
    ],
)
def test_working_time(start, minutes, due) -> None:
    assert sla.due(start, minutes, office()) == due


def test_holidays_do_not_count() -> None:
    start = local(2026, 12, 24, 16, 0)
    assert sla.due(start, 120, office(["2026-12-25"])) == local(2026, 12, 28, 10, 0)


def test_without_a_calendar_the_clock_runs_on() -> None:
    assert sla.due(local(2026, 9, 5, 3, 0), 60, None) == local(2026, 9, 5, 4, 0)


def test_a_night_shift_is_an_hour_longer_when_clocks_go_back() -> None:
    nights = sla.calendar("Europe/London", {"sun": [["00:00", "06:00"]]}, [])
    # 25 October 2026: 01:00-02:00 happens twice, so seven hours pass between midnight and six.
    start = local(2026, 10, 25, 0, 0)
    assert sla.due(start, 7 * 60, nights) == local(2026, 10, 25, 6, 0)
    # 29 March 2026: 01:00-02:00 does not happen, five hours pass; the sixth falls into the week after.
    start = local(2026, 3, 29, 0, 0)
    assert sla.due(start, 5 * 60, nights) == local(2026, 3, 29, 6, 0)
    assert sla.due(start, 6 * 60, nights) == local(2026, 4, 5, 1, 0)


def test_a_shift_that_begins_in_the_hour_that_does_not_happen() -> None:
    odd = sla.calendar("Europe/London", {"sun": [["01:30", "03:00"]]}, [])
    due = sla.due(local(2026, 3, 29, 0, 0), 30, odd)
    assert local(2026, 3, 29, 0, 0) < due <= local(2026, 3, 29, 3, 0)


@given(
    start=st.integers(0, 1_000_000).map(
        lambda minutes: dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + dt.timedelta(minutes=minutes)
    ),
    first=st.integers(1, 6000),
    more=st.integers(0, 6000),
)
def test_more_time_is_never_due_sooner_and_parts_add_up(start, first, more) -> None:
    once = sla.due(start, first, office())
    both = sla.due(start, first + more, office())
    assert start < once <= both
    if more:
        assert sla.due(once, more, office()) == both
    local_due = once.astimezone(LONDON)
    assert local_due.weekday() < 5
    assert 9 <= local_due.hour <= 17


@pytest.mark.parametrize(
    ("zone", "weekly", "sentence"),
    [
        ("Mars/Olympus", OFFICE, "time zone"),
        ("UTC", {"someday": [["09:00", "10:00"]]}, "no weekday"),
        ("UTC", {"mon": [["10:00", "09:00"]]}, "before it begins"),
        ("UTC", {"mon": [["9", "10:00"]]}, "no time of day"),
        ("UTC", {"mon": [["09:00", "25:00"]]}, "no time of day"),
        ("UTC", {"mon": [["09:00"]]}, "a beginning and an end"),
        ("UTC", {"mon": [["09:00", "12:00"], ["11:00", "13:00"]]}, "overlap"),
    ],
)
def test_hours_that_make_no_sense_are_refused(zone, weekly, sentence) -> None:
    with pytest.raises(ValueError, match=sentence):
        sla.calendar(zone, weekly, [])


def test_the_most_specific_policy_wins() -> None:
    every = sla.Policy(None, None, 1, None)
    severe = sla.Policy(None, 4, 2, None)
    queue = sla.Policy(7, None, 3, None)
    both = sla.Policy(7, 4, 4, None)
    policies = [severe, both, every, queue]
    assert sla.policy_for(policies, 7, 4) is both
    assert sla.policy_for(policies, 7, 1) is queue
    assert sla.policy_for(policies, 8, 4) is severe
    assert sla.policy_for(policies, 8, 1) is every
    assert sla.policy_for([], 8, 1) is None
