"""Charts as our own SVG: the geometry is worked out here, the colours are classes of the stylesheet.

The waterfall shows how the evidence of one compared pair adds up: a prior, then one match weight for each comparison
(log2 Bayes factors, in bits; positive speaks for the same person, negative against), against both thresholds.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from console.ui.text import bits

Kind = Literal["prior", "comparison", "total"]

WIDTH: Final = 680
LEFT: Final = 196.0
RIGHT: Final = 560.0
HEAD: Final = 44.0
ROW: Final = 26.0
BAR: Final = 14.0
FOOT: Final = 24.0


@dataclass(frozen=True, slots=True)
class Bar:
    """One step of the evidence: what was compared, the comparison level it reached, its weight in bits."""

    label: str
    weight: float
    level: str = ""
    kind: Kind = "comparison"


@dataclass(frozen=True, slots=True)
class Step:
    """A bar placed: running totals (bits) before and after it, and its pixels. ``tone``: for, against, prior, total."""

    bar: Bar
    before: float
    after: float
    tone: str
    x: str
    width: str
    y: str
    below: str
    middle: str
    end: str
    weight_text: str
    total_text: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A vertical line at a value: a tick or a threshold. ``anchor`` says on which side its text stands."""

    x: str
    text: str
    anchor: str = "middle"


@dataclass(frozen=True, slots=True)
class Waterfall:
    """Everything the template draws. ``verdict`` says in one sentence where the total lies."""

    steps: list[Step]
    ticks: list[Mark]
    lower: Mark
    upper: Mark
    zero: str
    zone_width: str
    top: str
    bottom: str
    depth: str
    rule: str
    labels: str
    height: int
    total: float
    total_text: str
    verdict: str
    width: int = WIDTH


def waterfall(bars: Iterable[Any], lower: float, upper: float, prior: float = 0.0) -> Waterfall:
    """Place ``bars`` (Bar, mappings, or objects with ``field`` or ``label``, ``level`` and ``weight``) as ordered.

    ``prior`` (bits) is the first step, the total the last. Raises ValueError if ``lower`` lies above ``upper`` or a
    number is not finite: a chart must not be drawn of evidence that does not add up.
    """
    placed = [Bar("Prior", float(prior), "before comparing", "prior"), *(_as_bar(bar) for bar in bars)]
    if not all(map(math.isfinite, [lower, upper, *(bar.weight for bar in placed)])):
        raise ValueError("weights and thresholds must be finite numbers")
    if lower > upper:
        raise ValueError("the lower threshold must not lie above the upper one")
    totals = _running([bar.weight for bar in placed])
    scale = _Scale.over([0.0, lower, upper, *totals])
    steps = [_step(bar, index, totals[index], totals[index + 1], scale) for index, bar in enumerate(placed)]
    total = totals[-1]
    steps.append(_step(Bar("Total", total, "", "total"), len(placed), 0.0, total, scale))
    bottom = HEAD + ROW * len(steps)
    return Waterfall(
        steps=steps,
        ticks=[
            Mark(scale.text(tick), f"{tick:+g}".replace("-", "\N{MINUS SIGN}") if tick else "0")
            for tick in scale.ticks()
        ],
        lower=Mark(scale.text(lower), f"lower {bits(lower)}", "end" if scale.px(lower) - LEFT > 90 else "start"),
        upper=Mark(scale.text(upper), f"upper {bits(upper)}", "start" if RIGHT - scale.px(upper) > 40 else "end"),
        zero=scale.text(0.0),
        zone_width=_px(scale.px(upper) - scale.px(lower)),
        top=_px(HEAD),
        bottom=_px(bottom),
        depth=_px(bottom - HEAD),
        rule=_px(bottom - ROW),
        labels=_px(bottom + 16),
        height=int(bottom + FOOT),
        total=total,
        total_text=bits(total),
        verdict=_verdict(total, lower, upper),
    )


@dataclass(frozen=True, slots=True)
class _Scale:
    low: float
    high: float

    @classmethod
    def over(cls, values: Sequence[float]) -> _Scale:
        low, high = min(values), max(values)
        margin = max((high - low) * 0.06, 0.5)
        return cls(low - margin, high + margin)

    def px(self, value: float) -> float:
        return LEFT + (value - self.low) / (self.high - self.low) * (RIGHT - LEFT)

    def text(self, value: float) -> str:
        return _px(self.px(value))

    def ticks(self) -> list[float]:
        rough = (self.high - self.low) / 6
        power = 10.0 ** math.floor(math.log10(rough))
        size = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough)
        first, last = math.ceil(self.low / size), math.floor(self.high / size)
        return [round(number * size, 6) for number in range(first, last + 1)]


def _as_bar(bar: Any) -> Bar:
    if isinstance(bar, Bar):
        return bar
    read = bar.get if isinstance(bar, dict) else lambda name, default="": getattr(bar, name, default)
    label = str(read("label", "") or read("field", "")).replace("_", " ")
    return Bar(label[:1].upper() + label[1:], float(read("weight", 0.0)), str(read("level", "") or ""))


def _running(weights: Sequence[float]) -> list[float]:
    totals = [0.0]
    for weight in weights:
        totals.append(totals[-1] + weight)
    return totals


def _step(bar: Bar, index: int, before: float, after: float, scale: _Scale) -> Step:
    tone = bar.kind if bar.kind != "comparison" else ("for" if bar.weight >= 0 else "against")
    top = HEAD + ROW * index
    left, right = sorted((scale.px(before), scale.px(after)))
    return Step(
        bar=bar,
        before=before,
        after=after,
        tone=tone,
        x=_px(left),
        width=_px(max(right - left, 1.0)),
        y=_px(top + (ROW - BAR) / 2),
        below=_px(top + ROW + (ROW + BAR) / 2),
        middle=_px(top + ROW / 2 + 4),
        end=scale.text(after),
        weight_text=bits(bar.weight),
        total_text=bits(after),
    )


def _px(value: float) -> str:
    return f"{value:.1f}"


def _verdict(total: float, lower: float, upper: float) -> str:
    if total >= upper:
        return f"Total {bits(total)} bits: at or above the upper threshold {bits(upper)}."
    if total <= lower:
        return f"Total {bits(total)} bits: at or below the lower threshold {bits(lower)}."
    return f"Total {bits(total)} bits: between the thresholds {bits(lower)} and {bits(upper)}: manual review needed."


# Courses of values in time


@dataclass(frozen=True, slots=True)
class Trend:
    """A line of values in time, placed. ``paths`` break where nothing was known; ``dots`` are values standing alone.

    ``low`` and ``high`` are the values at the lower and the upper edge; ``limit`` is the height of the threshold line
    or empty; ``last`` the place of the last value.
    """

    paths: list[str]
    dots: list[tuple[str, str]]
    last: tuple[str, str]
    limit: str
    low: float
    high: float
    width: int
    height: int


def course(
    points: Sequence[tuple[float, float]],
    *,
    start: float,
    end: float,
    gap: float,
    threshold: float | None = None,
    size: tuple[int, int] = (160, 40),
) -> Trend | None:
    """Place ``points`` (seconds, value; in order) between ``start`` and ``end``. None when there is nothing to draw.

    The line breaks where two points lie more than ``gap`` seconds apart: unmeasured time is not drawn. Raises
    ValueError for numbers that are not finite, and for an end that does not lie after the start.
    """
    if end <= start or not all(math.isfinite(number) for point in points for number in point):
        raise ValueError("a course needs finite numbers and an end after its start")
    if not points:
        return None
    heights = [value for _, value in points] + ([] if threshold is None else [threshold])
    frame = _Frame(start, end, min(heights), max(heights), *size)
    pieces = [[frame.place(*point) for point in piece] for piece in _pieces(points, gap)]
    return Trend(
        paths=["M" + " L".join(f"{x} {y}" for x, y in placed) for placed in pieces if len(placed) > 1],
        dots=[placed[0] for placed in pieces if len(placed) == 1],
        last=pieces[-1][-1],
        limit="" if threshold is None else frame.place(start, threshold)[1],
        low=frame.low,
        high=frame.high,
        width=frame.width,
        height=frame.height,
    )


@dataclass(frozen=True, slots=True)
class _Frame:
    start: float
    end: float
    low: float
    high: float
    width: int
    height: int

    def place(self, at: float, value: float, margin: float = 4.0) -> tuple[str, str]:
        across = (at - self.start) / (self.end - self.start)
        up = 0.5 if self.high == self.low else (value - self.low) / (self.high - self.low)
        return _px(margin + across * (self.width - 2 * margin)), _px(
            self.height - margin - up * (self.height - 2 * margin)
        )


def _pieces(points: Sequence[tuple[float, float]], gap: float) -> list[list[tuple[float, float]]]:
    pieces: list[list[tuple[float, float]]] = [[points[0]]]
    for before, point in itertools.pairwise(points):
        if point[0] - before[0] > gap:
            pieces.append([])
        pieces[-1].append(point)
    return pieces
