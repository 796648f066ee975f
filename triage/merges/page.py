"""What the review page shows, worked out before the template: the chosen pair, the sheet of records, its weights."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from console.ui.falls import Fall, Falls, falls
from console.ui.text import bits
from triage.desk.fields import visible
from triage.desk.masked_values import MaskedValue, Value
from triage.merges import pairs
from triage.merges.compare import Cell, Grid, Row, grid
from triage.merges.lines import ComparedPair, MergeLine, SourceRecord
from triage.merges.pairs import LETTERS, MatrixRow, PairTab
from triage.merges.relations import Relation

_AGREE: Final = Relation("agree")
_ABSENT: Final = Relation("missing_both")
#: Folding one row saves nothing.
_WORTH_FOLDING: Final = 2


@dataclass(frozen=True, slots=True)
class Column:
    """One source record: its letter on this page, and where it comes from."""

    place: int
    letter: str
    system: str
    record_id: Value
    facility: str
    extracted_at: dt.datetime | None
    verified_at: dt.date | None
    part: str  # "left" or "right" of the chosen pair, or nothing


@dataclass(frozen=True, slots=True)
class CellView:
    """One value as the page shows it, under the letter of its column."""

    place: int
    letter: str
    value: Value
    relation: Relation | None
    part: str

    @property
    def said(self) -> bool:
        """True if the cell itself says how it relates to the reference: outside of the chosen pair, if not missing."""
        return not self.part and self.relation is not None and not self.relation.kind.startswith("missing")


@dataclass(frozen=True, slots=True)
class RowView:
    """One field. ``bar`` is None when the matcher did not compare it for the chosen pair.

    ``cells`` are empty, and ``relation`` None, for what was compared without being a field of these records.
    """

    label: str
    level: str
    bar: Fall | None
    relation: Relation | None
    cells: list[CellView]


@dataclass(frozen=True, slots=True)
class Evidence:
    """The chosen pair's weights; ``falls`` is None when the matcher never compared the pair."""

    falls: Falls | None
    lower: str
    upper: str
    model: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that stands above the fold: the pairs, the records, the rows that tell them apart, and those that do not."""

    pairs: list[PairTab]
    matrix: list[MatrixRow]
    pair: PairTab
    onward: PairTab
    weakest: bool
    columns: list[Column]
    rows: list[RowView]
    equal: list[RowView]
    hints: tuple[str, ...]
    evidence: Evidence

    @property
    def several(self) -> bool:
        """True for more than two records."""
        return len(self.columns) > 2

    @property
    def weighed(self) -> list[RowView]:
        """The rows that the matcher compared for the chosen pair."""
        return [row for row in (*self.rows, *self.equal) if row.bar]

    @property
    def folded(self) -> str:
        """The names of the rows that are folded."""
        return ", ".join(row.label for row in self.equal)


def comparison(line: MergeLine, masks: MaskedValue, wanted: str = "") -> Comparison:
    """The comparison of the pair named ``wanted`` (``0-1``); of the weakest pair when there is no such pair."""
    pair = pairs.chosen(line, wanted)
    found = grid(line, pair)
    tabs = pairs.tabs(line, pair)
    here = next(place for place, tab in enumerate(tabs) if tab.current)
    apart, equal = _folded(found.rows)
    placed = _falls(line, pair, [*apart, *equal], len(apart)) if tabs[here].compared else None
    views = _rows([*apart, *equal], found, placed, masks)
    return Comparison(
        pairs=tabs,
        matrix=pairs.matrix(tabs),
        pair=tabs[here],
        onward=tabs[(here + 1) % len(tabs)],
        weakest=pair is pairs.weakest(line),
        columns=[_column(record, place, pair, masks) for place, record in enumerate(line.records)],
        rows=views[: len(apart)],
        equal=views[len(apart) :],
        hints=found.hints,
        evidence=_evidence(line, placed),
    )


def _folded(rows: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """The rows that tell records apart, and those that are equal, or missing, in every record."""
    equal = [row for row in rows if _is_equal(row.cells)]
    if len(equal) < _WORTH_FOLDING or len(equal) == len(rows):
        return list(rows), []
    return [row for row in rows if not _is_equal(row.cells)], equal


def _is_equal(cells: Sequence[Cell]) -> bool:
    relations = {cell.relation for cell in cells if cell.relation}
    return relations <= {_AGREE} or relations <= {_ABSENT}


def _falls(line: MergeLine, pair: ComparedPair, rows: Sequence[Row], apart: int) -> Falls:
    return falls(
        line.match.prior,
        [row.weight or 0.0 for row in rows],
        total=pair.score,
        lower=line.match.lower_threshold,
        upper=line.match.upper_threshold,
        fold_from=apart if apart < len(rows) else None,
    )


def _rows(rows: Sequence[Row], found: Grid, placed: Falls | None, masks: MaskedValue) -> list[RowView]:
    return [
        RowView(
            label=row.label,
            level=row.level,
            bar=placed.bars[number] if placed and row.weight is not None else None,
            relation=row.relation,
            cells=[_cell(cell, found.pair, masks) for cell in row.cells],
        )
        for number, row in enumerate(rows)
    ]


def _cell(cell: Cell, pair: ComparedPair, masks: MaskedValue) -> CellView:
    return CellView(
        place=cell.column,
        letter=LETTERS[cell.column],
        value=masks.parts(cell.field, cell.parts),
        relation=cell.relation,
        part=_part(cell.column, pair),
    )


def _part(place: int, pair: ComparedPair) -> str:
    return "left" if place == pair.left else "right" if place == pair.right else ""


def _column(record: SourceRecord, place: int, pair: ComparedPair, masks: MaskedValue) -> Column:
    return Column(
        place=place,
        letter=LETTERS[place],
        system=visible(record.system),
        record_id=masks.identifier(record.id),
        facility=visible(record.facility),
        extracted_at=record.extracted_at,
        verified_at=record.verified_at,
        part=_part(place, pair),
    )


def _evidence(line: MergeLine, placed: Falls | None) -> Evidence:
    match = line.match
    return Evidence(
        falls=placed,
        lower=bits(match.lower_threshold),
        upper=bits(match.upper_threshold),
        model=f"{match.model} {match.version}",
    )
