"""Dates as people and systems write them: whole or in part, in one order or another, or no date at all.

Years come first without doubt (``1970-1-12``). ``03/04/1970`` is two dates unless the source says which comes first.
Nothing is guessed: what fits no form is no date.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from triage.desk.folding import fold

#: Which of two leading numbers is the day; nothing: it is not known.
Order = Literal["", "day_first", "month_first"]

_NAMES: Final = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_SHORT_NAMES: Final = tuple(name[:3] for name in _NAMES)
_TIME: Final = r"(?:[t ]\d{1,2}:?\d{2}(?::?\d{2}(?:[.,]\d+)?)?(?: ?(?:z|utc|[+-]\d{2}:?\d{2}))?)?"
_UNKNOWN: Final = r"00|0|xx|x|\?\?|\?|--"
_YEAR_FIRST: Final = re.compile(rf"(\d{{4}})([-/. ])(\d{{1,2}}|{_UNKNOWN})\2(\d{{1,2}}|{_UNKNOWN}){_TIME}\Z")
_PACKED: Final = re.compile(rf"(\d{{4}})(\d{{2}})(\d{{2}}){_TIME}\Z")
_YEAR_LAST: Final = re.compile(rf"(\d{{1,2}})([-/. ])(\d{{1,2}})\2(\d{{4}}){_TIME}\Z")
_DAY_NAME_YEAR: Final = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[-/. ]*([a-z]{3,9})\.?[-/, ]*(\d{4})\Z")
_NAME_DAY_YEAR: Final = re.compile(r"([a-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})\Z")
_YEAR: Final = re.compile(r"(\d{4})\Z")
_YEAR_MONTH: Final = re.compile(r"(\d{4})[-/. ](\d{1,2})\Z")
_MONTH_YEAR: Final = re.compile(r"(\d{1,2})[-/. ](\d{4})\Z")
_NAME_YEAR: Final = re.compile(r"([a-z]{3,9})\.?[-/, ]*(\d{4})\Z")
_ABOUT: Final = re.compile(r"(?:about|abt\.?|approx\.?|approximately|circa|ca?\.|est\.?|estimated|~) ?")

#: Day and month that clerks enter when a person knows the year or the age alone.
_CONVENTIONS: Final = frozenset({(1, 1), (15, 6), (30, 6), (1, 7), (2, 7), (15, 7)})


@dataclass(frozen=True, slots=True)
class WrittenDate:
    """One reading of a written date. ``month`` or ``day`` 0: not said. ``about``: the text itself calls it rough."""

    year: int
    month: int = 0
    day: int = 0
    about: bool = False

    @property
    def whole(self) -> dt.date | None:
        """The date, if day, month and year are all said."""
        return dt.date(self.year, self.month, self.day) if self.day else None

    @property
    def conventional(self) -> bool:
        """True if it is a day on which births are entered when only the year is known."""
        return (self.day, self.month) in _CONVENTIONS

    def covers(self, other: WrittenDate) -> bool:
        """True if ``other`` says the same and more."""
        return self != other and (
            (self.year, self.month, self.day)
            == (other.year, other.month * bool(self.month), other.day * bool(self.day))
        )


def read_date(text: str, order: Order = "") -> tuple[WrittenDate, ...]:
    """Every reading of ``text``: none when it is no date, two when day and month cannot be told apart."""
    folded = fold(text)
    rough = _ABOUT.match(folded)
    found = dict.fromkeys(_readings(folded[rough.end() :] if rough else folded, order))
    return tuple(WrittenDate(*one, about=bool(rough)) for one in found)


def _readings(text: str, order: Order) -> Iterator[tuple[int, int, int]]:
    if not text[:40].isascii() or len(text) > 40:
        return
    for candidate in (*_year_first(text), *_year_last(text, order), *_named(text)):
        if _exists(*candidate):
            yield candidate


def _year_first(text: str) -> Iterator[tuple[int, int, int]]:
    if found := _YEAR_FIRST.match(text):
        year, month, day = int(found[1]), _number(found[3]), _number(found[4])
        if month or not day:  # a day without a month says nothing
            yield year, month, day
    elif found := _PACKED.match(text):
        year, month, day = map(int, found.groups())
        if month or not day:
            yield year, month, day
    elif found := _YEAR.match(text):
        yield int(found[1]), 0, 0
    elif (found := _YEAR_MONTH.match(text)) and int(found[2]):
        yield int(found[1]), int(found[2]), 0


def _year_last(text: str, order: Order) -> Iterator[tuple[int, int, int]]:
    if found := _YEAR_LAST.match(text):
        first, second, year = int(found[1]), int(found[3]), int(found[4])
        if first and second:
            if order != "month_first":
                yield year, second, first
            if order != "day_first":
                yield year, first, second
    elif (found := _MONTH_YEAR.match(text)) and int(found[1]):
        yield int(found[2]), int(found[1]), 0


def _named(text: str) -> Iterator[tuple[int, int, int]]:
    if (found := _DAY_NAME_YEAR.match(text)) and (month := _month(found[2])):
        yield int(found[3]), month, int(found[1]) or 99
    elif (found := _NAME_DAY_YEAR.match(text)) and (month := _month(found[1])):
        yield int(found[3]), month, int(found[2]) or 99
    elif (found := _NAME_YEAR.match(text)) and (month := _month(found[1])):
        yield int(found[2]), month, 0


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0


def _month(name: str) -> int:
    if name in _NAMES:
        return _NAMES.index(name) + 1
    short = name.removesuffix("t") if name == "sept" else name
    return _SHORT_NAMES.index(short) + 1 if short in _SHORT_NAMES else 0


def _exists(year: int, month: int, day: int) -> bool:
    try:
        dt.date(year, month or 1, day or 1)
    except ValueError:
        return False
    return True
