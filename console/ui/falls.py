"""A waterfall in the rows of a table: one small bar a row, all on one scale, each beginning where the last one ended.

Weights are in bits (log2 Bayes factors): positive speaks for the same person. Bars are placed here, in the units of a
drawing that is ``WIDTH`` wide and stretched to its cell; colours are classes of the stylesheet.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from console.ui.text import bits

WIDTH: Final = 150.0
_THINNEST: Final = 1.2
#: How far apart, in bits, a reported total and the sum of its parts may lie: what intake tolerates, and a little.
_ROUNDING: Final = 0.02
Tone = Literal["prior", "for", "against", "total"]


@dataclass(frozen=True, slots=True)
class Fall:
    """One bar: its place, its weight as text, and the total after it."""

    x: str
    width: str
    tone: Tone
    text: str
    after: str


@dataclass(frozen=True, slots=True)
class Falls:
    """The bars in their order, and what stands behind each: zero, both thresholds and the zone between them.

    ``folded`` stands for all bars from a place on; None when there are none.
    """

    prior: Fall
    bars: list[Fall]
    folded: Fall | None
    total: Fall
    zero: str
    lower: str
    upper: str
    zone: str


def falls(
    prior: float, weights: Sequence[float], *, total: float, lower: float, upper: float, fold_from: int | None = None
) -> Falls:
    """Place a prior, the ``weights`` in their order and the ``total`` that was reported.

    The total is drawn and named as reported, so that it is the same figure wherever the pair's score stands. Raises
    ValueError for numbers that are not finite and for thresholds the wrong way round.
    """
    if not all(map(math.isfinite, [prior, total, lower, upper, *weights])):
        raise ValueError("weights and thresholds must be finite numbers")
    if lower > upper:
        raise ValueError("the lower threshold must not lie above the upper one")
    runs = [prior]
    for weight in weights:
        runs.append(runs[-1] + weight)
    _settle(runs, weights, total)
    scale = _Scale.over([0.0, total, lower, upper, *runs])
    return Falls(
        prior=_fall(scale, 0.0, prior, "prior", bits(prior)),
        bars=[
            _fall(scale, before, after, "for" if weight >= 0 else "against", bits(weight))
            for (before, after), weight in zip(itertools.pairwise(runs), weights, strict=True)
        ],
        folded=None if fold_from is None else _between(scale, runs[fold_from], runs[-1]),
        total=_fall(scale, 0.0, total, "total", bits(total)),
        zero=scale.text(0.0),
        lower=scale.text(lower),
        upper=scale.text(upper),
        zone=f"{scale.at(upper) - scale.at(lower):.1f}",
    )


def _settle(runs: list[float], weights: Sequence[float], total: float) -> None:
    """Let the last bar end at the reported total, from which rounding may part the sum: one figure, not two."""
    last = max((number for number, weight in enumerate(weights, start=1) if weight), default=0)
    if last and abs(runs[-1] - total) <= _ROUNDING:
        runs[last:] = [total] * (len(runs) - last)


@dataclass(frozen=True, slots=True)
class _Scale:
    low: float
    high: float

    @classmethod
    def over(cls, values: Sequence[float]) -> _Scale:
        low, high = min(values), max(values)
        margin = max((high - low) * 0.03, 0.5)
        return cls(low - margin, high + margin)

    def at(self, value: float) -> float:
        return (value - self.low) / (self.high - self.low) * WIDTH

    def text(self, value: float) -> str:
        return f"{self.at(value):.1f}"


def _between(scale: _Scale, before: float, after: float) -> Fall:
    return _fall(scale, before, after, "for" if after >= before else "against", bits(after - before))


def _fall(scale: _Scale, before: float, after: float, tone: Tone, text: str) -> Fall:
    left, right = sorted((scale.at(before), scale.at(after)))
    return Fall(f"{left:.1f}", f"{max(right - left, _THINNEST):.1f}", tone, text, bits(after))
