"""Values in words: shortened to the worse side, never up to 100%, never a zero for what is missing."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.ui import charts
from governance.measures import bounds, words
from governance.measures.bounds import Threshold
from governance.measures.comparison import INEQUALITIES, Comparison
from governance.measures.models import Direction, Unit
from governance.measures.readings import Reading, absent
from governance.measures.standard import STANDARD
from governance.measures.values import Definition, Origin

NOW = dt.datetime(2026, 11, 21, 12, 0, tzinfo=dt.UTC)
LOGIN, CHART = STANDARD["login-success"], STANDARD["chart-open-p95"]


def ratio(direction: Direction) -> Definition:
    return Definition("x", "X", "", Unit.RATIO, direction, 60, Origin.CUSTOM)


@pytest.mark.parametrize(
    ("above", "below", "direction", "shown"),
    [
        (99_996, 100_000, "higher", "99.99%"),
        (99_996, 100_000, "lower", "over 99.99%"),
        (992, 1000, "higher", "99.2%"),
        (12_345, 12_445, "higher", "99.19%"),
        (1, 1, "higher", "100%"),
        (0, 5, "lower", "0%"),
        (1, 1_000_000, "lower", "0.01%"),
        (1, 1_000_000, "higher", "under 0.01%"),
        (5_001, 1_000_000, "lower", "0.51%"),
    ],
)
def test_shares(above: int, below: int, direction: str, shown: str) -> None:
    assert words.number(ratio(Direction(direction)), Fraction(above, below)) == shown


@given(below=st.integers(2, 10**12), data=st.data(), direction=st.sampled_from(list(Direction)))
def test_only_all_of_it_is_a_hundred_per_cent(below: int, data: st.DataObject, direction: Direction) -> None:
    above = data.draw(st.integers(0, below - 1))
    shown = words.number(ratio(direction), Fraction(above, below))
    assert shown != "100%"
    assert (shown == "0%") == (above == 0)


@given(value=st.fractions(0, 10**6))
def test_times_never_look_better_than_they_are(value: Fraction) -> None:
    shown = Fraction(words.number(CHART, value).removesuffix(" s").replace(",", ""))
    assert value <= shown < value + Fraction(1, 100)


def test_what_is_missing_is_no_zero() -> None:
    assert words.in_words(LOGIN, absent("login-success", "No value reported.")) == "no value"


def test_an_event_is_told_by_its_time() -> None:
    reading = Reading("restore-test", value=Fraction(1), as_of=NOW - dt.timedelta(days=6, hours=3))
    assert words.in_words(STANDARD["restore-test"], reading, NOW) == "6 days ago"


def test_limits() -> None:
    assert words.limit(LOGIN, Threshold("login-success", Comparison.GE, Decimal("0.995"))) == "at least 99.5%"
    assert words.limit(CHART, Threshold("chart-open-p95", Comparison.LE, Decimal("2.000000"))) == "at most 2 s"
    assert words.limit(STANDARD["interface-backlog"], Threshold("x", Comparison.LT, Decimal("1000"))) == "below 1,000"


@pytest.mark.parametrize(
    ("operator", "below", "at", "above"),
    [
        ("le", True, True, False),
        ("lt", True, False, False),
        ("ge", False, True, True),
        ("gt", False, False, True),
        ("eq", False, True, False),
    ],
)
def test_bounds_compare_exactly(operator: str, below: bool, at: bool, above: bool) -> None:
    bound = Threshold("x", Comparison(operator), Decimal("0.995"))
    tiny = Fraction(1, 10**15)
    limit = Fraction(995, 1000)
    assert [bound.holds(value) for value in (limit - tiny, limit, limit + tiny)] == [below, at, above]


@pytest.mark.parametrize("comparison", INEQUALITIES)
def test_the_opposite_holds_exactly_where_a_comparison_does_not(comparison: Comparison) -> None:
    for value in (Fraction(1), Fraction(2), Fraction(3)):
        assert comparison.opposite.holds(value, Decimal(2)) is not comparison.holds(value, Decimal(2))


def test_every_usual_bound_is_of_a_measure_there_is() -> None:
    from governance.measures import queries

    for code, bound in bounds.USUAL.items():
        definition = queries.definition(code)
        assert definition is not None
        assert bound.measure == code
        assert (bound.operator == "le") == (definition.direction == Direction.LOWER)


def test_a_course_breaks_where_nothing_was_known() -> None:
    points = [(0.0, 1.0), (10.0, 2.0), (60.0, 2.0), (70.0, 1.0), (200.0, 3.0)]
    drawn = charts.course(points, start=0, end=200, gap=20, threshold=2.5)
    assert drawn is not None
    assert len(drawn.paths) == 2
    assert len(drawn.dots) == 1
    assert drawn.last == drawn.dots[0]
    assert (drawn.low, drawn.high) == (1.0, 3.0)


def test_a_course_of_nothing_is_not_drawn_and_of_no_numbers_refused() -> None:
    assert charts.course([], start=0, end=1, gap=1) is None
    with pytest.raises(ValueError, match="finite"):
        charts.course([(0.0, float("nan"))], start=0, end=1, gap=1)
    with pytest.raises(ValueError, match="end"):
        charts.course([(0.0, 1.0)], start=1, end=1, gap=1)


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(-1e12, 1e12)), min_size=1, max_size=60))
def test_a_course_stays_inside_its_frame(points: list[tuple[float, float]]) -> None:
    drawn = charts.course(sorted(points), start=0, end=100, gap=1000)
    assert drawn is not None
    numbers = [float(part) for path in drawn.paths for part in path.replace("M", "").replace("L", "").split()]
    assert all(0 <= x <= drawn.width for x in numbers[::2])
    assert all(0 <= y <= drawn.height for y in numbers[1::2])
