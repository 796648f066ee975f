"""The waterfall: its geometry adds up, and it can be read without seeing colours, or without seeing at all."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.ui.charts import LEFT, RIGHT, Bar, waterfall
from tests.ui.rendering import draw

WEIGHTS = st.lists(st.floats(min_value=-40, max_value=40), min_size=1, max_size=20)


@given(weights=WEIGHTS, prior=st.floats(min_value=-20, max_value=20), lower=st.floats(-10, 0), upper=st.floats(0, 20))
def test_every_step_begins_where_the_last_one_ended(
    weights: list[float], prior: float, lower: float, upper: float
) -> None:
    chart = waterfall([Bar(f"field {i}", weight) for i, weight in enumerate(weights)], lower, upper, prior)
    steps = chart.steps[:-1]
    assert [step.before for step in steps[1:]] == [step.after for step in steps[:-1]]
    assert chart.total == pytest.approx(prior + sum(weights))
    assert chart.steps[-1].after == chart.total
    for step in chart.steps:
        left, width = float(step.x), float(step.width)
        assert left >= LEFT - 0.1
        assert left + width <= RIGHT + 1.1  # a bar is at least one pixel wide


def test_bars_are_as_long_as_their_weights_and_lie_on_their_side() -> None:
    chart = waterfall([Bar("a", 6.0), Bar("b", -3.0)], lower=-2, upper=9)
    _, first, second, total = chart.steps
    assert float(first.width) == pytest.approx(2 * float(second.width), abs=0.2)
    assert (first.tone, second.tone, total.tone) == ("for", "against", "total")
    assert float(first.x) == pytest.approx(float(chart.zero), abs=0.1)
    assert float(second.x) == pytest.approx(float(second.end), abs=0.1), "a weight against runs back to the left"


@pytest.mark.parametrize(
    ("weight", "says"),
    [(9.0, "at or above the upper"), (-2.0, "at or below the lower"), (3.0, "manual review needed")],
)
def test_the_sentence_says_where_the_total_lies(weight: float, says: str) -> None:
    assert says in waterfall([Bar("a", weight)], lower=-2.0, upper=9.0).verdict


def test_evidence_that_does_not_add_up_is_not_drawn() -> None:
    with pytest.raises(ValueError, match="finite"):
        waterfall([Bar("a", float("nan"))], lower=0, upper=1)
    with pytest.raises(ValueError, match="lower threshold"):
        waterfall([Bar("a", 1.0)], lower=2, upper=1)


def test_signs_stand_in_text_and_pattern_and_the_table_has_every_figure() -> None:
    html = draw(
        '{% waterfall bars lower=-2 upper=9 prior=-4 id="w" %}',
        bars=[Bar("Sex", 1.5, "exact"), Bar("Birth date", -3.2)],
    )
    assert "+1.5" in html
    assert "\N{MINUS SIGN}3.2" in html
    assert html.count('fill="url(#w-hatch)"') == 1, "what speaks against is hatched, and only that"
    table = html[html.index("<table") :]
    for figure in ("\N{MINUS SIGN}4.0", "+1.5", "\N{MINUS SIGN}3.2", "\N{MINUS SIGN}2.5", "\N{MINUS SIGN}5.7"):
        assert figure in table
    assert "<title" in html
    assert not re.search(r"\sstyle=", html), "the content security policy blocks style attributes"


def test_bars_may_be_mappings_as_the_evidence_is_stored() -> None:
    chart = waterfall([{"field": "birth_date", "level": "exact", "weight": 7.25}], lower=0, upper=1)
    assert chart.steps[1].bar == Bar("Birth date", 7.25, "exact")
