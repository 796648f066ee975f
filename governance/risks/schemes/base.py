"""What a rating scheme is: axes of words, a judgement that looks a level up, and where each level stands. Pure.

A scheme's ``name`` carries its version (``dcb0129-1``). Whatever changes a level for the same words is a new version in
a module of its own: ratings name the scheme that they were made under, and that one goes on meaning what it meant.

**The common scale.** Schemes have scales of their own; gates, review times and the register need one. Each scheme says
where its levels stand on a scale of four: 1 low, 2 moderate, 3 high, 4 unacceptable. That mapping is Concord's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from console.errors import Invalid

#: The common scale, 1 to 4.
SEVERITIES: Final[dict[int, str]] = {1: "Low", 2: "Moderate", 3: "High", 4: "Unacceptable"}

Factors = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Word:
    """One word on an axis, and what it means to a rater."""

    code: str
    label: str
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class Axis:
    """One thing that a rater is asked. ``words`` stand in their order, the least first."""

    code: str
    label: str
    question: str
    words: tuple[Word, ...]

    def word(self, code: str) -> Word | None:
        """The word of that code."""
        return next((word for word in self.words if word.code == code), None)


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a scheme. ``rank`` 1 is its least; ``severity`` where it stands on the common scale."""

    word: str
    rank: int
    severity: int
    meaning: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a rating comes to. ``score`` is a number that the scheme itself knows, or None; ``why`` says the steps."""

    level: Level
    why: str
    score: int | None = None


@dataclass(frozen=True, slots=True)
class Band:
    """A row or a column of the matrix: one word of its axis, or several neighbours under one label."""

    label: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """The level of one cell of the matrix. ``severity`` None: the position alone gives no level."""

    text: str
    severity: int | None


@dataclass(frozen=True, slots=True)
class Scheme:
    """A rating scheme. ``row`` and ``column`` name the axes of its matrix; further axes are asked besides.

    ``look`` gives the level of complete, known words. ``cell`` says what the matrix shows for one row and column.
    """

    name: str
    title: str
    about: str
    source: str
    axes: tuple[Axis, ...]
    levels: tuple[Level, ...]
    row: str
    column: str
    look: Callable[[Factors], Outcome]
    cell: Callable[[Band, Band], Field]
    bands: dict[str, tuple[Band, ...]] = field(default_factory=dict)

    def axis(self, code: str) -> Axis:
        """The axis of that code. Raises KeyError."""
        return {axis.code: axis for axis in self.axes}[code]

    def judge(self, factors: Factors) -> Outcome:
        """Look the level up. Raises Invalid for words that are missing, unknown or too many."""
        for axis in self.axes:
            if axis.word(str(factors.get(axis.code, ""))) is None:
                raise Invalid(f"Choose a value for {axis.label.lower()}.")
        if set(factors) != {axis.code for axis in self.axes}:
            raise Invalid(f"{self.title} needs {', '.join(axis.label.lower() for axis in self.axes)} and nothing else.")
        return self.look(factors)

    def lines(self, axis: str) -> tuple[Band, ...]:
        """The rows or columns of the matrix along an axis, the least first."""
        return self.bands.get(axis) or tuple(Band(word.label, (word.code,)) for word in self.axis(axis).words)

    def words(self, factors: Factors) -> list[tuple[str, str]]:
        """Kept factors in words: axis and word; what this version does not know stands as it was kept."""
        found = []
        for axis in self.axes:
            word = axis.word(str(factors.get(axis.code, "")))
            found.append((axis.label, word.label if word else str(factors.get(axis.code, "not given"))))
        return found


def by_lookup(
    levels: tuple[Level, ...], row: Axis, column: Axis, table: Mapping[str, tuple[int, ...]]
) -> tuple[Callable[[Factors], Outcome], Callable[[Band, Band], Field]]:
    """A scheme's ``look`` and ``cell`` from its table: row word → rank by column word, in the columns' order."""
    ranks = {level.rank: level for level in levels}

    def found(row_code: str, column_code: str) -> Level:
        place = [word.code for word in column.words].index(column_code)
        return ranks[table[row_code][place]]

    def look(factors: Factors) -> Outcome:
        level = found(factors[row.code], factors[column.code])
        words = [axis.word(factors[axis.code]) for axis in (row, column)]
        first, second = (word.label.lower() if word else "" for word in words)
        why = f"{row.label} {first} and {column.label.lower()} {second}: {level.word} (looked up in the matrix)."
        return Outcome(level, why)

    def cell(row_band: Band, column_band: Band) -> Field:
        level = found(row_band.codes[0], column_band.codes[0])
        return Field(level.word, level.severity)

    return look, cell
