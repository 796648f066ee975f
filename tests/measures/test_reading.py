"""What a measure says: the latest by the time it speaks of, never invented, never believed longer than it may be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import pytest
from django.utils import timezone

from console.waves.models import Wave
from governance.measures import builtin, queries
from governance.measures.builtin import Series
from governance.measures.models import Direction, Sample, Unit
from governance.measures.readings import Reading
from governance.measures.values import Freshness, freshness
from governance.subjects import Subject, SubjectKind, kinds
from tests import factories

NOW = dt.datetime(2026, 11, 21, 12, 0, tzinfo=dt.UTC)
pytestmark = pytest.mark.django_db


def keep(measure: str = "chart-open-p95", *, ago: float = 1, wave: Wave | None = None, **fields: Any) -> Sample:
    """A sample of so many minutes ago."""
    given = {"value": "1.5", "source": "api:watch"} | fields
    if "numerator" in fields or "missing" in fields:
        given["value"] = None
    at = NOW - dt.timedelta(minutes=ago)
    return Sample.objects.create(measure=measure, wave=wave, as_of=at, received_at=NOW, **given)


def test_the_latest_by_the_time_it_speaks_of_counts(db: None) -> None:
    wave = factories.make_wave()
    keep(wave=wave, ago=1, value="2")
    keep(wave=wave, ago=9, value="7")
    reading = queries.read("chart-open-p95", wave, now=NOW)
    assert reading.value == 2
    assert reading.as_of == NOW - dt.timedelta(minutes=1)
    assert reading.source == "api:watch"


def test_of_two_values_of_one_time_the_newer_corrects(db: None) -> None:
    wave = factories.make_wave()
    keep(wave=wave, ago=3, value="2")
    keep(wave=wave, ago=3, value="4")
    reading = queries.read("chart-open-p95", wave, since=NOW - dt.timedelta(hours=1), now=NOW)
    assert reading.value == 4
    assert [point.value for point in reading.points] == [4]


def test_a_clock_that_ran_ahead_makes_nothing_fresh(db: None) -> None:
    wave = factories.make_wave()
    keep(wave=wave, ago=60, value="2")
    keep(wave=wave, ago=-6, value="1")
    reading = queries.read("chart-open-p95", wave, since=NOW - dt.timedelta(hours=2), now=NOW)
    assert reading.value == 2
    assert [point.value for point in reading.points] == [2]
    known = queries.definition("chart-open-p95")
    assert known is not None
    assert freshness(known, reading, NOW) is Freshness.STALE


def test_waves_the_programme_and_parts_are_kept_apart(db: None) -> None:
    wave, other = factories.make_wave("one"), factories.make_wave("two")
    keep(wave=None, value="1")
    keep(wave=other, value="2")
    keep(wave=wave, value="3", dimension="ward-7")
    assert queries.read("chart-open-p95", wave, now=NOW).missing == "No value reported for this wave."
    assert queries.read("chart-open-p95", wave, "ward-7", now=NOW).value == 3
    assert queries.read("chart-open-p95", None, now=NOW).value == 1
    assert [part.dimension for part in queries.by_dimension("chart-open-p95", wave, now=NOW)] == ["ward-7"]


@pytest.mark.parametrize("fields", [{"numerator": 0, "denominator": 0}, {"missing": "The probe was down."}])
def test_nothing_is_no_number(db: None, fields: dict[str, Any]) -> None:
    wave = factories.make_wave()
    keep("login-success", wave=wave, ago=9, numerator=99, denominator=100)
    keep("login-success", wave=wave, ago=1, **fields)
    reading = queries.read("login-success", wave, since=NOW - dt.timedelta(hours=1), now=NOW)
    assert reading.value is None
    assert reading.missing
    assert [point.value for point in reading.points] == [Fraction(99, 100)]
    known = queries.definition("login-success")
    assert known is not None
    assert freshness(known, reading, NOW) is Freshness.MISSING


def test_a_ratio_stays_exact(db: None) -> None:
    wave = factories.make_wave()
    keep("login-success", wave=wave, numerator=2, denominator=3)
    reading = queries.read("login-success", wave, now=NOW)
    assert (reading.value, reading.samples) == (Fraction(2, 3), 3)


def test_an_unknown_measure_says_so(db: None) -> None:
    wave = factories.make_wave()
    assert queries.read("no-such", wave).missing == "There is no measure of that code."
    assert queries.read("nul\0", wave).missing == "There is no measure of that code."
    assert queries.definition("no-such") is None


@pytest.mark.parametrize("code", ["review-agreement", "mapping-coverage", "consent-parity", "seal-lag"])
def test_measures_without_facts_say_so(db: None, code: str) -> None:
    reading = queries.read(code, factories.make_wave(), since=timezone.now() - dt.timedelta(days=1))
    assert reading.value is None
    assert reading.missing.endswith("in this version.")


def test_others_may_register_measures(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def rehearsed(asked: Sequence[Series], now: dt.datetime) -> list[Reading]:
        return [
            Reading("drill", one.subject.id, one.dimension, value=Fraction(1), as_of=now, source="concord")
            for one in asked
        ]

    drill = builtin.BuiltIn("drill", "Drill", "", Unit.EVENT, Direction.HIGHER, rehearsed)
    with builtin.BUILT_IN.holding(drill):
        assert queries.read("drill", factories.make_wave(), now=NOW).as_of == NOW
        assert queries.read("drill", None, now=NOW).missing == "Choose a wave. This measure is calculated per wave."
        system = Subject("system", 7, "SYS-7", "Old PAS")
        monkeypatch.setitem(kinds._kinds, "system", SubjectKind("system", "system", dict, list, str))
        assert queries.read("drill", system, now=NOW).missing == "This measure is not calculated for a system."
        reported = queries.read("login-success", system, now=NOW)
        assert reported.missing == "Values of this measure are reported for waves, not for a system."


def test_many_samples_cost_no_more_queries(db: None, django_assert_num_queries: Any) -> None:
    wave = factories.make_wave()
    for minutes in range(200):
        keep(wave=wave, ago=minutes)
        keep("login-success", wave=wave, ago=minutes, numerator=9, denominator=10)
    wanted = [("chart-open-p95", wave, ""), ("login-success", wave, ""), ("order-errors", wave, "")]
    with django_assert_num_queries(1):
        readings = queries.read_many(wanted, now=NOW)
    assert [bool(reading.missing) for reading in readings] == [False, False, True]
