"""All charts on one axis of time: where entries stand, and what cannot all be true of one person."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest

from tests.factories import merge_line, record
from triage.merges import chart_times, evidence
from triage.merges.charts import Chart, Entry
from triage.merges.lines import SourceRecord


def records(*fields: dict[str, Any]) -> list[SourceRecord]:
    line = merge_line(records=[record(number, f"S-{number}") for number in range(len(fields))])
    for one, values in zip(line["records"], fields, strict=True):
        one["facility"] = values.pop("facility", "")
        one["fields"] = {"family": "Okello"} | values
    return evidence.decode(json.dumps(line).encode()).records


def chart(*entries: tuple[str, str]) -> Chart:
    return Chart(entries=[Entry(domain, domain.title(), dt.date.fromisoformat(on)) for domain, on in entries])


def clashes(one: dict[str, Any], two: dict[str, Any], *charts: Chart | None) -> list[tuple[str, str]]:
    found = chart_times.clashes(records(one, two), chart_times.entries(charts))
    return [(clash.letters, clash.sentence) for clash in found]


TWO_PLACES = ("AB", "seen in two places on one day")


def test_two_places_on_one_day_cannot_both_be_true() -> None:
    day = chart(("encounter", "2026-07-07"))
    assert clashes({"facility": "Mbale"}, {"facility": "Kampala"}, day, day) == [TWO_PLACES]
    assert clashes({"facility": "Mbale"}, {"facility": "Mbale"}, day, day) == []
    assert clashes({"facility": "Mbale"}, {"facility": ""}, day, day) == []
    assert clashes({"facility": "Mbale"}, {"facility": "Kampala"}, day, chart(("encounter", "2026-07-08"))) == []
    assert clashes({"facility": "Mbale"}, {"facility": "Kampala"}, day, chart(("condition", "2026-07-07"))) == []


@pytest.mark.parametrize(
    ("fields", "on", "sentence"),
    [
        ({"birth_date": "1987-04-28"}, "1986-12-30", "one was seen before the other was born"),
        ({"date_of_birth": "28/04/1987"}, "1980-01-01", "one was seen before the other was born"),
        ({"death_date": "2020-02-01"}, "2020-02-02", "one was seen after the other had died"),
        ({"birth_date": "1987-04-28"}, "1987-01-01", ""),
        ({"birth_date": "1987"}, "1986-01-01", ""),
        ({"birth_date": "03/04/1987"}, "1986-01-01", ""),
        ({"death_date": "1900-01-01"}, "2020-02-02", ""),
        ({"death_date": "2020-02-01"}, "2020-02-01", ""),
    ],
)
def test_entries_outside_of_a_life_cannot_be_true(fields: dict[str, str], on: str, sentence: str) -> None:
    assert clashes({}, fields, chart(("condition", on)), None) == ([("AB", sentence)] if sentence else [])


def test_a_record_s_own_chart_is_not_held_against_it() -> None:
    assert clashes({"birth_date": "1987-04-28"}, {}, chart(("condition", "1980-01-01")), None) == []


def test_all_entries_stand_on_one_axis_in_the_order_of_time() -> None:
    charts = [chart(("encounter", "2020-01-01"), ("allergy", "2024-06-01")), None, chart(("order", "2022-01-01"))]
    found = chart_times.entries(charts)
    placed = chart_times.chart_times(charts, found, [])
    assert placed is not None
    assert [entry.letter for entry, _ in placed.rows] == ["A", "C", "A"]
    assert placed.marks == ["visit", "allergy", "order"]
    across = [float(dot.x) for lane in placed.lanes for dot in lane.dots]
    assert across[0] < across[2] < across[1]
    assert [lane.letter for lane in placed.lanes] == ["A", "B", "C"]
    assert placed.lanes[1].dots == []
    assert [year for _, year in placed.ticks] == ["2021", "2022", "2023", "2024"]


def test_what_clashes_is_marked_on_the_axis_and_in_the_list() -> None:
    charts = [chart(("encounter", "2026-07-07")), chart(("encounter", "2026-07-07"))]
    found = chart_times.entries(charts)
    clashing = chart_times.clashes(records({"facility": "Mbale"}, {"facility": "Kampala"}), found)
    placed = chart_times.chart_times(charts, found, clashing)
    assert placed is not None
    assert len(placed.bands) == 1
    assert all(dot.clashes for lane in placed.lanes for dot in lane.dots)
    assert {said for _, said in placed.rows} == {"seen in two places on one day (A and B)"}


def test_charts_without_dated_entries_are_not_drawn() -> None:
    charts = [Chart(entries=[Entry("condition", "Asthma")]), None]
    assert chart_times.chart_times(charts, chart_times.entries(charts), []) is None
