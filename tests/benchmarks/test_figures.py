"""What the figures say of themselves."""

from __future__ import annotations

import pytest

from benchmarks.figures import Figure, dump, load, number, percentile


@pytest.mark.parametrize(
    ("value", "sense", "met", "verdict"),
    [
        (1.2, "at most", True, "met"),
        (1.5, "at most", False, "missed by 25%"),
        (0.5, "at least", False, "missed by 58%"),
        (1.3, "at least", True, "met"),
    ],
)
def test_a_figure_is_evaluated_by_its_budget(value: float, sense: str, met: bool, verdict: str) -> None:
    figure = Figure("a figure", value, budget=1.2, sense=sense)
    assert figure.met is met
    assert figure.verdict == verdict
    assert verdict in figure.line()


def test_a_figure_that_barely_misses_says_so() -> None:
    assert Figure("a figure", 1.2001, budget=1.2).verdict == "missed by 1%"


def test_a_figure_without_a_budget_is_a_remark() -> None:
    figure = Figure("a remark", 3.5, "ms", raw={"with": 4.0})
    assert figure.met is None
    assert figure.verdict == ""
    assert figure.details() == "with 4.00"


def test_percentiles_are_values_that_were_measured() -> None:
    values = [float(n) for n in range(100, 0, -1)]
    assert percentile(values, 0.95) == 95
    assert percentile(values, 1.0) == 100
    assert percentile([7.0], 0.95) == 7


def test_figures_survive_the_way_between_processes() -> None:
    figures = [Figure("a", 1.5, "s", 5.0, raw={"rounds": [1, 2]}), Figure("b", 2.0)]
    assert load(dump(figures)) == figures


@pytest.mark.parametrize(
    ("value", "text"), [(1234567, "1,234,567"), (123.4, "123"), (0.00345, "0.0034"), (1.256, "1.26"), ([1, 2], "1 2")]
)
def test_numbers_are_short(value: object, text: str) -> None:
    assert number(value) == text
