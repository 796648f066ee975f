"""When a queue is empty at its pace: honest where nothing can be said."""

from __future__ import annotations

import datetime as dt

import pytest

from triage.days.ages import Ages, ages
from triage.days.forecast import DayFlow, forecast, pace

TODAY = dt.date(2026, 11, 29)


def days(*flows: tuple[int, int]) -> list[DayFlow]:
    first = TODAY - dt.timedelta(days=len(flows))
    return [DayFlow(first + dt.timedelta(days=n), *flow) for n, flow in enumerate(flows)]


@pytest.mark.parametrize(
    ("waiting", "flows", "outlook"),
    [
        (10, [], "early"),
        (10, [(1, 5), (1, 5)], "early"),
        (0, [(0, 0)] * 3, "empty"),
        (0, [(4, 5)] * 3, "empty"),
        (0, [(5, 4)] * 3, "grows"),
        (10, [(0, 0)] * 3, "idle"),
        (10, [(3, 0)] * 3, "grows"),
        (10, [(3, 1)] * 7, "grows"),
        (10, [(3, 3)] * 7, "steady"),
        (10, [(3, 5)] * 7, "empties"),
        (100_000, [(3, 5)] * 7, "far"),
    ],
)
def test_outlooks(waiting, flows, outlook) -> None:
    assert forecast(waiting, days(*flows), today=TODAY).outlook == outlook


def test_an_even_pace_names_one_day() -> None:
    found = forecast(10, days(*[(3, 5)] * 7), today=TODAY)
    assert found.on == found.soonest == found.latest == dt.date(2026, 12, 4)
    assert found.words == "2"


def test_the_range_leaves_out_the_best_and_the_worst_day() -> None:
    found = forecast(60, days((0, 10), (0, 10), (0, 30), (10, 0)), today=TODAY)
    assert found.on == TODAY + dt.timedelta(days=6), "60 at 10 a day"
    assert found.soonest == TODAY + dt.timedelta(days=4), "60 at 16.7 a day, without the worst day"
    assert found.latest == TODAY + dt.timedelta(days=18), "60 at 3.3 a day, without the best day"


def test_one_good_day_alone_empties_no_queue() -> None:
    found = forecast(50, days((5, 5), (5, 5), (5, 5), (0, 40)), today=TODAY)
    assert found.on is not None
    assert found.latest is None


def test_the_pace_is_one_decimal_below_ten() -> None:
    assert [pace(value) for value in (0, 2, 2.66, 9.94, 9.96, 44.4, 1204.2)] == [
        "0",
        "2",
        "2.7",
        "9.9",
        "10",
        "44",
        "1,204",
    ]


def test_ages_are_sorted_into_steps_whose_edges_are_whole_days() -> None:
    now = dt.datetime(2026, 11, 29, 12, tzinfo=dt.UTC)
    edges = [(0, 1), (23, 2), (24, 4), (47, 8), (48, 16), (96, 32), (167, 64), (168, 128), (9999, 256)]
    found = ages([(now - dt.timedelta(hours=hours), count) for hours, count in edges], now)
    assert found == Ages((3, 12, 16, 96, 384))
    assert found.words == "3 under 1 day, 12 1–2 days, 16 2–4 days, 96 4–7 days, 384 over 7 days"
    assert sum(step.share for step in found.steps) == pytest.approx(100)


def test_narrow_steps_leave_their_number_to_the_table() -> None:
    steps = Ages((1, 0, 0, 0, 999)).steps
    assert [step.middle != "" for step in steps] == [False, True]


def test_no_case_is_no_step() -> None:
    assert Ages().steps == []
    assert Ages().words == ""
