"""What the review page shows, worked out before the template: the chosen pair, the grid, the evidence, the columns."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from console.ui.charts import Bar
from console.ui.text import bits
from triage.desk.fields import label, visible
from triage.desk.masked_values import MaskedValue, Value
from triage.merges.compare import Grid, grid
from triage.merges.lines import ComparedPair, MergeLine, SourceRecord
from triage.merges.relations import Relation

LETTERS = "ABCDEFGH"


@dataclass(frozen=True, slots=True)
class Column:
    """One source record: its letter on this page, and where it comes from."""

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
    """One field of the grid. ``weight`` is empty when the matcher did not compare the field."""

    label: str
    weight: str
    level: str
    relation: Relation
    cells: list[CellView]


@dataclass(frozen=True, slots=True)
class PairTab:
    """A compared pair to choose."""

    name: str
    label: str
    score: str
    current: bool
    short: str
    key: str = ""  # "[" leads to the pair before the current one, "]" to the one after it


@dataclass(frozen=True, slots=True)
class Evidence:
    """The chosen pair's weights, in the order in which the grid shows its fields."""

    bars: list[Bar]
    prior: float
    lower: float
    upper: float
    model: str
    summary: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that stands above the fold: the pairs, the records, the grid and its evidence."""

    pairs: list[PairTab]
    pair: PairTab
    weakest: bool
    columns: list[Column]
    rows: list[RowView]
    hints: tuple[str, ...]
    evidence: Evidence

    @property
    def several(self) -> bool:
        """True for more than two records."""
        return len(self.columns) > 2


def comparison(line: MergeLine, masks: MaskedValue, wanted: str = "") -> Comparison:
    """The comparison of the pair named ``wanted`` (``0-1``); of the weakest pair when there is no such pair."""
    weakest = min(line.match.pairs, key=lambda pair: pair.score)
    pair = next((pair for pair in line.match.pairs if _name(pair) == wanted), weakest)
    found = grid(line, pair)
    ordered = sorted(line.match.pairs, key=_places)
    here = ordered.index(pair)
    tabs = [_tab(each, place - here) for place, each in enumerate(ordered)]
    return Comparison(
        pairs=tabs,
        pair=tabs[here],
        weakest=pair is weakest,
        columns=[_column(record, place, pair, masks) for place, record in enumerate(line.records)],
        rows=_rows(found, masks),
        hints=found.hints,
        evidence=_evidence(line, pair),
    )


def _places(pair: ComparedPair) -> tuple[int, int]:
    return min(pair.left, pair.right), max(pair.left, pair.right)


def _name(pair: ComparedPair) -> str:
    return f"{pair.left}-{pair.right}"


def _tab(pair: ComparedPair, away: int) -> PairTab:
    left, right = LETTERS[pair.left], LETTERS[pair.right]
    return PairTab(
        name=_name(pair),
        label=f"{left} with {right}",
        score=bits(pair.score),
        current=away == 0,
        short=f"{left}–{right}",
        key={-1: "[", 1: "]"}.get(away, ""),
    )


def _part(place: int, pair: ComparedPair) -> str:
    return "left" if place == pair.left else "right" if place == pair.right else ""


def _column(record: SourceRecord, place: int, pair: ComparedPair, masks: MaskedValue) -> Column:
    return Column(
        letter=LETTERS[place],
        system=visible(record.system),
        record_id=masks.identifier(record.id),
        facility=visible(record.facility),
        extracted_at=record.extracted_at,
        verified_at=record.verified_at,
        part=_part(place, pair),
    )


def _rows(found: Grid, masks: MaskedValue) -> list[RowView]:
    return [
        RowView(
            label=row.label,
            weight="" if row.weight is None else bits(row.weight),
            level=row.level,
            relation=row.relation,
            cells=[
                CellView(
                    LETTERS[cell.column],
                    masks.parts(row.field, cell.parts),
                    cell.relation,
                    _part(cell.column, found.pair),
                )
                for cell in row.cells
            ],
        )
        for row in found.rows
    ]


def _evidence(line: MergeLine, pair: ComparedPair) -> Evidence:
    """Bars with the heaviest first, like the rows of the grid."""
    match = line.match
    ordered = sorted(pair.comparisons, key=lambda one: -abs(one.weight))
    return Evidence(
        bars=[Bar(label(one.field), one.weight, visible(one.level)) for one in ordered],
        prior=match.prior,
        lower=match.lower_threshold,
        upper=match.upper_threshold,
        model=f"{match.model} {match.version}",
        summary=f"{bits(pair.score)} bits"
        + (
            ""
            if len(line.records) > 2
            else f"; thresholds {bits(match.lower_threshold)}, {bits(match.upper_threshold)}"
        ),
    )
