"""How long cases have waited, in the steps that pages show. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

_DAY: Final = dt.timedelta(days=1)
#: Upper ends of the steps, the youngest first; the last step has none.
_ENDS: Final = (_DAY, 2 * _DAY, 4 * _DAY, 7 * _DAY)
LABELS: Final = ("under 1 day", "1–2 days", "2–4 days", "4–7 days", "over 7 days")
#: The same, for the narrow key beside a bar.
SHORT: Final = ("< 1 d", "1–2 d", "2–4 d", "4–7 d", "> 7 d")
#: Whatever is older than the last step may be counted together.
OLDEST: Final = _ENDS[-1]
#: So much of a bar, in percent, each digit of a number needs.
_ROOM: Final = 4


@dataclass(frozen=True, slots=True)
class AgeStep:
    """One step of a bar: how many cases are so old. ``level`` counts from 0, the youngest.

    ``x`` and ``share`` are where it starts and how wide it is, in percent of the bar.
    """

    level: int
    count: int
    x: float
    share: float

    @property
    def label(self) -> str:
        """In words: "2–4 days"."""
        return LABELS[self.level]

    @property
    def left(self) -> str:
        """Where it starts, as SVG says it."""
        return f"{self.x:.2f}%"

    @property
    def width(self) -> str:
        """How wide it is, as SVG says it."""
        return f"{self.share:.2f}%"

    @property
    def middle(self) -> str:
        """Where its number stands; empty when there is no room for one, which is left to the table."""
        return f"{self.x + self.share / 2:.2f}%" if self.share >= _ROOM * len(f"{self.count:,}") else ""


@dataclass(frozen=True, slots=True)
class Ages:
    """How long the cases of a queue have waited. ``counts``: one number a step, the youngest first."""

    counts: tuple[int, ...] = (0,) * len(LABELS)

    @property
    def total(self) -> int:
        """How many wait."""
        return sum(self.counts)

    @property
    def steps(self) -> list[AgeStep]:
        """The steps of a bar that have cases, with their share of it in percent."""
        total = max(self.total, 1)
        before = [sum(self.counts[:level]) for level in range(len(self.counts))]
        return [
            AgeStep(level, count, 100 * before[level] / total, 100 * count / total)
            for level, count in enumerate(self.counts)
            if count
        ]

    @property
    def words(self) -> str:
        """The bar in words: "3 under 1 day, 2 over 7 days"."""
        return ", ".join(f"{step.count:,} {step.label}" for step in self.steps)


def ages(opened: Iterable[tuple[dt.datetime, int]], now: dt.datetime) -> Ages:
    """Sort counts of cases by the hour in which they were opened into the steps; an hour is as old as its start."""
    counts = [0] * len(LABELS)
    for hour, count in opened:
        counts[sum(now - hour >= end for end in _ENDS)] += count
    return Ages(tuple(max(count, 0) for count in counts))
