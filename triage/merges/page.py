"""What the review page shows, worked out before the template: the chosen pair, the sheet of records, its weights."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from console.ui.falls import Fall, Falls, falls
from console.ui.text import bits
from triage.desk.field_rules import PLAIN, FieldRules
from triage.desk.fields import label, visible
from triage.desk.masked_values import MaskedValue, Value
from triage.merges import pairs
from triage.merges.compare import Cell, Grid, Row, grid
from triage.merges.lines import ComparedPair, MergeLine, SourceRecord
from triage.merges.pairs import LETTERS, MatrixRow, PairTab
from triage.merges.reading import Compared, inside
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
    """One value as the page shows it, under the letter of its column, with what it says about itself."""

    place: int
    letter: str
    value: Value
    relation: Relation | None
    part: str
    note: str = ""

    @property
    def said(self) -> bool:
        """True if the cell itself says how it relates to the reference: outside of the chosen pair, if not missing."""
        return not self.part and self.relation is not None and not self.relation.kind.startswith("missing")


@dataclass(frozen=True, slots=True)
class RowView:
    """One field, or one further comparison. ``bar`` is None when the matcher did not compare the field on its own.

    ``cells`` are empty, and ``relation`` None, for what is no field of these records: fields compared together under
    one weight, a second comparison of a field. ``together`` names the fields that this one was compared together with.
    """

    label: str
    level: str
    bar: Fall | None
    relation: Relation | None
    cells: list[CellView]
    together: str = ""


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
    read_as: tuple[tuple[str, str], ...] = ()  # columns that have another name than their field, with its label

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


def comparison(line: MergeLine, masks: MaskedValue, wanted: str = "", rules: FieldRules = PLAIN) -> Comparison:
    """The comparison of the pair named ``wanted`` (``0-1``); of the weakest pair when there is no such pair.

    ``rules``: how the columns of the line's source are read.
    """
    pair = pairs.chosen(line, wanted)
    found = grid(line, pair, rules)
    tabs = pairs.tabs(line, pair)
    here = next(place for place, tab in enumerate(tabs) if tab.current)
    apart, equal = _folded(found.rows)
    above, below = _strips(apart, equal, found.comparisons)
    placed = _falls(line, pair, [*above, *below], len(above)) if tabs[here].compared else None
    views = _rows([*above, *below], found, placed, masks)
    return Comparison(
        pairs=tabs,
        matrix=pairs.matrix(tabs),
        pair=tabs[here],
        onward=tabs[(here + 1) % len(tabs)],
        weakest=pair is pairs.weakest(line),
        columns=[_column(record, place, pair, masks) for place, record in enumerate(line.records)],
        rows=views[: len(above)],
        equal=views[len(above) :],
        hints=found.hints,
        evidence=_evidence(line, placed),
        read_as=tuple((column, label(field)) for column, field in found.names.items() if column != field),
    )


def _folded(rows: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """The rows that tell records apart, and those that are equal, or missing, in every record."""
    equal = [row for row in rows if _is_equal(row.cells)]
    if len(equal) < _WORTH_FOLDING or len(equal) == len(rows):
        return list(rows), []
    return [row for row in rows if not _is_equal(row.cells)], equal


def _is_equal(cells: Sequence[Cell]) -> bool:
    if any(cell.note for cell in cells):  # a placeholder or an estimate is worth a look
        return False
    relations = {cell.relation for cell in cells if cell.relation}
    return relations <= {_AGREE} or relations <= {_ABSENT}


@dataclass(frozen=True, slots=True)
class _Strip:
    """One row of the sheet: a field with the comparison of it alone, or a further comparison without cells."""

    row: Row | None
    compared: Compared | None


def _strips(
    apart: Sequence[Row], equal: Sequence[Row], comparisons: Sequence[Compared]
) -> tuple[list[_Strip], list[_Strip]]:
    """The rows of the sheet, so that each weight has one bar. What compares no field of these records comes last."""
    left = list(comparisons)
    above: list[_Strip] = []
    below: list[_Strip] = []
    for rows, strips in ((apart, above), (equal, below)):
        for row in rows:
            strips += [_Strip(None, one) for one in row.together if one in left]
            own = [one for one in left if one.fields == (row.field,)]
            main = next((one for one in own if not one.frequency), None)
            strips += [_Strip(row, main), *(_Strip(None, one) for one in own if one is not main)]
            left = [one for one in left if one not in row.together and one not in own]
    return [*above, *(_Strip(None, one) for one in left)], below


def _falls(line: MergeLine, pair: ComparedPair, strips: Sequence[_Strip], above: int) -> Falls:
    return falls(
        line.match.prior,
        [strip.compared.weight if strip.compared else 0.0 for strip in strips],
        total=pair.score,
        lower=line.match.lower_threshold,
        upper=line.match.upper_threshold,
        fold_from=above if above < len(strips) else None,
    )


def _rows(strips: Sequence[_Strip], found: Grid, placed: Falls | None, masks: MaskedValue) -> list[RowView]:
    return [
        RowView(
            label=row.label if row else compared.label if compared else "",
            level=visible(compared.level) if compared else "",
            bar=placed.bars[number] if placed and compared else None,
            relation=row.relation if row else None,
            cells=[_cell(cell, found.pair, masks) for cell in row.cells] if row else [],
            together=_together(row) if row else "",
        )
        for number, (row, compared) in enumerate((strip.row, strip.compared) for strip in strips)
    ]


def _together(row: Row) -> str:
    others = dict.fromkeys(other for one in row.together for other in one.fields if other != row.field)
    return ", ".join(map(inside, others))


def _cell(cell: Cell, pair: ComparedPair, masks: MaskedValue) -> CellView:
    return CellView(
        place=cell.column,
        letter=LETTERS[cell.column],
        value=masks.parts(cell.field, cell.parts),
        relation=cell.relation,
        part=_part(cell.column, pair),
        note=cell.note,
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
