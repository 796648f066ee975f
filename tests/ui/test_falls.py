"""Bars of weights in the rows of a table: each begins where the last one ended, and the total is the one reported."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.ui.falls import WIDTH, Fall, falls

BITS = st.floats(-40, 40)


def edges(bar: Fall) -> tuple[float, float]:
    return float(bar.x), float(bar.x) + float(bar.width)


@given(prior=BITS, weights=st.lists(BITS, max_size=12), lower=BITS, gap=st.floats(0, 20))
def test_every_bar_begins_where_the_last_one_ended(
    prior: float, weights: list[float], lower: float, gap: float
) -> None:
    placed = falls(prior, weights, total=prior + sum(weights), lower=lower, upper=lower + gap)
    ends = {*edges(placed.prior), float(placed.zero)}
    for bar, weight in zip(placed.bars, weights, strict=True):
        left, right = edges(bar)
        assert any(abs(left - end) < 1.5 or abs(right - end) < 1.5 for end in ends)
        assert bar.tone == ("for" if weight >= 0 else "against")
        ends = {left, right}
    assert all(-0.1 <= edge <= WIDTH + 1.3 for bar in placed.bars for edge in edges(bar))
    assert float(placed.lower) <= float(placed.upper) <= WIDTH


def test_the_total_is_the_score_that_was_reported() -> None:
    placed = falls(-9.25, [6.54, 4.751], total=2.05, lower=-2.0, upper=8.0)
    assert (placed.total.text, placed.prior.text) == ("+2.0", "−9.2")
    assert [bar.after for bar in placed.bars] == ["−2.7", "+2.0"]


def test_folded_bars_stand_as_one() -> None:
    placed = falls(0.0, [1.0, 2.0, 3.0], total=6.0, lower=-2.0, upper=8.0, fold_from=1)
    assert placed.folded is not None
    assert placed.folded.text == "+5.0"
    assert edges(placed.folded)[0] == pytest.approx(edges(placed.bars[1])[0])
    assert edges(placed.folded)[1] == pytest.approx(edges(placed.bars[2])[1], abs=0.11)
    assert falls(0.0, [1.0], total=1.0, lower=0.0, upper=1.0).folded is None


@pytest.mark.parametrize(("lower", "upper", "weight"), [(3.0, 2.0, 1.0), (0.0, 1.0, math.nan), (0.0, math.inf, 1.0)])
def test_numbers_that_make_no_chart_are_refused(lower: float, upper: float, weight: float) -> None:
    with pytest.raises(ValueError, match="threshold"):
        falls(0.0, [weight], total=1.0, lower=lower, upper=upper)
