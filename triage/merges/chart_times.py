"""The dated entries of all charts on one axis of time, and what cannot all be true of one person.

Pure: it reads charts and birth and death dates, and places entries between the first and the last day.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from triage.desk.field_rules import PLAIN, FieldRules
from triage.desk.fields import visible
from triage.desk.written_dates import read_date
from triage.merges.charts import Chart
from triage.merges.lines import SourceRecord
from triage.merges.pairs import LETTERS

WIDTH: Final = 960.0
LEFT: Final = 44.0
RIGHT: Final = 944.0
TOP: Final = 22.0
LANE: Final = 34.0
FOOT: Final = 22.0
_TICKS: Final = 8
#: What kind of mark an entry has, by the domain that the run gave it; all other domains are plain entries.
_MARKS: Final = {
    "encounter": "visit",
    "encounters": "visit",
    "visit": "visit",
    "allergy": "allergy",
    "allergies": "allergy",
    "medication": "order",
    "medications": "order",
    "order": "order",
    "orders": "order",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One dated entry of the record at ``place``; ``mark``: visit, allergy, order or entry."""

    place: int
    on: dt.date
    text: str
    mark: str

    @property
    def letter(self) -> str:
        """The record's letter."""
        return LETTERS[self.place]


@dataclass(frozen=True, slots=True)
class Clash:
    """What cannot be true of one person: ``places`` of the records, the day, and a sentence without values."""

    places: tuple[int, int]
    on: dt.date
    sentence: str

    @property
    def letters(self) -> str:
        """The letters of both records."""
        return "".join(LETTERS[place] for place in self.places)


@dataclass(frozen=True, slots=True)
class Dot:
    """An entry, placed."""

    entry: Entry
    x: str
    y: str
    clashes: bool


@dataclass(frozen=True, slots=True)
class Lane:
    """The line of one record."""

    letter: str
    y: str
    dots: list[Dot]


@dataclass(frozen=True, slots=True)
class Band:
    """A clash, drawn over the lanes that it joins."""

    clash: Clash
    x: str
    y: str
    height: str


@dataclass(frozen=True, slots=True)
class ChartTimes:
    """All charts on one axis. ``rows`` is the same as a list, in the order of time, each with what it clashes with."""

    lanes: list[Lane]
    ticks: list[tuple[str, str]]
    bands: list[Band]
    rows: list[tuple[Entry, str]]
    undated: int
    height: str
    foot: str
    width: str = f"{WIDTH:.0f}"
    left: str = f"{LEFT:.0f}"
    right: str = f"{RIGHT:.0f}"

    @property
    def marks(self) -> list[str]:
        """The kinds of marks that occur, for the legend."""
        found = {entry.mark for entry, _ in self.rows}
        return [mark for mark in ("visit", "allergy", "order", "entry") if mark in found]


def entries(charts: Sequence[Chart | None]) -> list[Entry]:
    """The dated entries of all charts in the order of time."""
    found = [
        Entry(place, entry.on, visible(entry.text), _MARKS.get(entry.domain, "entry"))
        for place, chart in enumerate(charts)
        if chart
        for entry in chart.entries or ()
        if entry.on
    ]
    return sorted(found, key=lambda entry: (entry.on, entry.place, entry.mark, entry.text))


def clashes(records: Sequence[SourceRecord], found: Sequence[Entry], rules: FieldRules = PLAIN) -> list[Clash]:
    """What cannot be true of one person, one clash for each pair of records and each way to clash.

    Seen in two places on one day; seen before the birth or after the death that another record states. ``rules``: how
    the source's columns are read.
    """
    once: dict[tuple[tuple[int, int], str], Clash] = {}
    for clash in [*_two_places(records, found), *_outside_life(records, found, rules)]:
        once.setdefault((clash.places, clash.sentence), clash)
    return sorted(once.values(), key=lambda clash: (clash.places, clash.on))


def _two_places(records: Sequence[SourceRecord], found: Sequence[Entry]) -> Iterator[Clash]:
    visits = [entry for entry in found if entry.mark == "visit"]
    for one, two in combinations(visits, 2):
        where = records[one.place].facility, records[two.place].facility
        if one.on == two.on and one.place != two.place and all(where) and where[0] != where[1]:
            yield Clash((one.place, two.place), one.on, "seen in two places on one day")


def _outside_life(records: Sequence[SourceRecord], found: Sequence[Entry], rules: FieldRules) -> Iterator[Clash]:
    for place, record in enumerate(records):
        born, died = (_stated(record, name, rules) for name in ("birth_date", "death_date"))
        for entry in found:
            pair = (min(entry.place, place), max(entry.place, place))
            if entry.place == place:
                continue
            if born and entry.on.year < born.year:  # within the year the birth date may be an estimate
                yield Clash(pair, entry.on, "one was seen before the other was born")
            if died and entry.on > died:
                yield Clash(pair, entry.on, "one was seen after the other had died")


def _stated(record: SourceRecord, name: str, rules: FieldRules) -> dt.date | None:
    """The date that the record states without doubt in the field of that name; a placeholder states none."""
    for column, value in record.fields.items():
        if rules.name(column) == name and value and not rules.unknown(name, value):
            readings = read_date(value, rules.dates)
            return readings[0].whole if len(readings) == 1 and not readings[0].about else None
    return None


def chart_times(charts: Sequence[Chart | None], found: Sequence[Entry], clashing: Sequence[Clash]) -> ChartTimes | None:
    """Place ``found`` on one axis. None when no chart has a dated entry."""
    if not found:
        return None
    undated = sum(entry.on is None for chart in charts if chart for entry in chart.entries or ())
    axis = _Axis.over(found)
    days = {(place, clash.on) for clash in clashing for place in clash.places}
    lanes = [
        Lane(
            LETTERS[place],
            _lane(place),
            [
                Dot(entry, axis.at(entry.on), _lane(place), (place, entry.on) in days)
                for entry in found
                if entry.place == place
            ],
        )
        for place in range(len(charts))
    ]
    bottom = TOP + LANE * len(charts)
    return ChartTimes(
        lanes=lanes,
        ticks=[(axis.at(dt.date(year, 1, 1)), str(year)) for year in axis.years()],
        bands=[_band(clash, axis) for clash in clashing],
        rows=[(entry, _clash_of(entry, clashing)) for entry in found],
        undated=undated,
        height=f"{bottom + FOOT:.0f}",
        foot=f"{bottom:.0f}",
    )


def _lane(place: int) -> str:
    return f"{TOP + LANE * place + LANE / 2:.1f}"


def _band(clash: Clash, axis: _Axis) -> Band:
    first, last = clash.places
    return Band(
        clash,
        x=f"{float(axis.at(clash.on)) - 9:.1f}",
        y=f"{TOP + LANE * first + 4:.1f}",
        height=f"{LANE * (last - first + 1) - 8:.1f}",
    )


def _clash_of(entry: Entry, clashing: Sequence[Clash]) -> str:
    said = [
        f"{clash.sentence} ({LETTERS[clash.places[0]]} and {LETTERS[clash.places[1]]})"
        for clash in clashing
        if entry.place in clash.places and entry.on == clash.on
    ]
    return "; ".join(said)


@dataclass(frozen=True, slots=True)
class _Axis:
    first: dt.date
    days: int

    @classmethod
    def over(cls, found: Sequence[Entry]) -> _Axis:
        first, last = found[0].on, found[-1].on
        return cls(first, max((last - first).days, 30))

    def at(self, on: dt.date) -> str:
        return f"{LEFT + 16 + (on - self.first).days / self.days * (RIGHT - LEFT - 32):.1f}"

    def years(self) -> list[int]:
        last = self.first + dt.timedelta(days=self.days)
        step = max(1, math.ceil((last.year - self.first.year) / _TICKS))
        return [year for year in range(self.first.year + 1, last.year + 1) if (year - last.year) % step == 0]
