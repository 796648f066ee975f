"""Measures that Concord calculates live, and the register to which other capabilities add theirs.

Each names its query and the query's version: when the way of counting changes, the version does.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from console.capabilities.registry import Registry
from governance.measures.models import Direction, Unit
from governance.measures.readings import Reading
from governance.measures.values import DAY, Definition, Origin
from governance.subjects import WAVE, Subject


@dataclass(frozen=True, slots=True)
class Series:
    """What a built-in measure is asked: of which subject, and of which dimension of it (empty: all of it)."""

    subject: Subject
    dimension: str = ""


Read = Callable[[Sequence[Series], dt.datetime], Sequence[Reading]]
BreakDown = Callable[[Sequence[Subject], dt.datetime], Mapping[Subject, Sequence[Reading]]]


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """A measure of subjects, read at ``now`` by ``read(series, now)``; it never raises for want of data.

    ``read`` answers for many subjects and dimensions at once, a reading each in their order, in a constant number of
    queries. ``kinds``: the kinds of subject that it reads of, by default waves. ``break_down(subjects, now)`` gives the
    readings of all dimensions of each subject, in a constant number of queries; a measure without it has no dimensions.
    Readings carry the address of the very records that they count where there is a list. ``fresh_seconds`` is how old
    the data may be before the reading is called stale.
    """

    code: str
    title: str
    why: str
    unit: Unit
    direction: Direction
    read: Read
    break_down: BreakDown | None = None
    fresh_seconds: int = 3 * DAY
    noun: str = ""
    query: str = ""
    query_version: int = 1
    keep_days: int = 400
    kinds: frozenset[str] = frozenset({WAVE})

    @property
    def definition(self) -> Definition:
        """What it is, apart from its values."""
        return Definition(
            code=self.code,
            title=self.title,
            why=self.why,
            unit=self.unit,
            direction=self.direction,
            fresh_seconds=self.fresh_seconds,
            origin=Origin.BUILT_IN,
            keep_days=self.keep_days,
            noun=self.noun,
            query=self.query or self.code,
            query_version=self.query_version,
        )


#: Every built-in measure, which a capability declares as a part: ``BUILT_IN.part(BuiltIn(…))``.
BUILT_IN: Final = Registry[BuiltIn]("built-in measure", lambda measure: measure.code)


def get(code: str) -> BuiltIn | None:
    """The built-in measure of that code."""
    return BUILT_IN.get(code)


def every() -> list[BuiltIn]:
    """All built-in measures, in the order of their registration."""
    return list(BUILT_IN)


def read(code: str, series: Sequence[Series], now: dt.datetime) -> list[Reading]:
    """The readings of a built-in measure, each with the version of the query that made it."""
    measure = BUILT_IN[code]
    return [replace(one, query_version=measure.query_version) for one in measure.read(series, now)]
