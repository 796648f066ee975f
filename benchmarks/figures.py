"""What a benchmark answers: named figures, each with its budget, its raw numbers and the verdict."""

from __future__ import annotations

import json
import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure. ``sense`` says which side of the budget is good; a budget of None makes it a remark."""

    name: str
    value: float
    unit: str = "×"
    budget: float | None = None
    sense: Literal["at least", "at most"] = "at most"
    raw: dict[str, Any] = field(default_factory=dict)

    @property
    def met(self) -> bool | None:
        """Whether the budget is met; None when there is none."""
        if self.budget is None:
            return None
        return self.value >= self.budget if self.sense == "at least" else self.value <= self.budget

    @property
    def verdict(self) -> str:
        """``met``, ``missed by 12%``, or nothing without a budget."""
        if self.met is None:
            return ""
        if self.met or not self.budget:
            return "met" if self.met else "missed"
        away = abs(self.value - self.budget) / self.budget
        return f"missed by {max(1, round(away * 100))}%"

    def line(self) -> str:
        """The figure on one line of the terminal."""
        goal = f"   {self.sense} {number(self.budget)} {self.unit}: {self.verdict}" if self.budget is not None else ""
        return f"{self.name:58} {number(self.value):>8} {self.unit:6}{goal}"

    def details(self) -> str:
        """The raw numbers behind it."""
        return "; ".join(f"{key} {number(value)}" for key, value in self.raw.items())


def dump(figures: Iterable[Figure]) -> str:
    """Figures as JSON, for handing them to another process."""
    return json.dumps([asdict(figure) for figure in figures])


def load(text: str) -> list[Figure]:
    """What ``dump`` wrote."""
    return [Figure(**item) for item in json.loads(text)]


def number(value: object) -> str:
    """A number as people read it: three digits that count, thousands parted."""
    if isinstance(value, list | tuple):
        return " ".join(number(item) for item in value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    if isinstance(value, int) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.2f}" if abs(value) >= 0.1 or value == 0 else f"{value:.4f}"


def percentile(values: Sequence[float], share: float) -> float:
    """The value that ``share`` (0 to 1) of all values do not exceed, by nearest rank."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def p95(values: Sequence[float]) -> float:
    """95 of 100 are no slower."""
    return percentile(values, 0.95)


def median(values: Iterable[float]) -> float:
    """The middle one."""
    return statistics.median(values)
