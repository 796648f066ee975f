"""Courses of values in time as our own SVG: geometry is worked out here, colours are classes of the stylesheet."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass


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


def _px(value: float) -> str:
    return f"{value:.1f}"
