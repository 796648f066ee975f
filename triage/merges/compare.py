"""The comparison grid: a row a field, a column a source record, and how the records of the chosen pair relate.

Pure: it reads a decoded line and says what is there. It never says what the answer is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from triage.desk.characters import Parts, date_differences, differences, whole
from triage.desk.fields import Sort, label, rank, shown, sort_of
from triage.merges.lines import ComparedPair, MergeLine, SourceRecord
from triage.merges.relations import Relation, relate


@dataclass(frozen=True, slots=True)
class Cell:
    """One value in parts ``(text, differs)``; no parts: missing. ``relation`` to the reference, None for it itself."""

    field: str
    parts: Parts
    relation: Relation | None
    column: int


@dataclass(frozen=True, slots=True)
class Row:
    """One field. ``weight`` (bits) and ``level`` are the matcher's for the chosen pair; None: it compared it not."""

    field: str
    label: str
    weight: float | None
    level: str
    relation: Relation
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """The rows, heaviest first; what stands out between the two records of the chosen pair; and that pair itself."""

    pair: ComparedPair
    rows: tuple[Row, ...]
    hints: tuple[str, ...]

    @property
    def left(self) -> int:
        """The column that the others are compared with."""
        return self.pair.left


def grid(line: MergeLine, pair: ComparedPair) -> Grid:
    """Compare all records of ``line`` with the left record of ``pair``; weights are those of ``pair``."""
    rows = [_row(line.records, pair, field) for field in _fields(line.records)]
    rows.sort(key=lambda row: (row.weight is None, -abs(row.weight or 0.0), rank(row.field)))
    relations = {row.field: row.relation for row in rows}
    left, right = line.records[pair.left], line.records[pair.right]
    return Grid(pair, tuple(rows), tuple(_hints(left, right, relations)))


def _fields(records: Sequence[SourceRecord]) -> list[str]:
    return list(dict.fromkeys(field for record in records for field in record.fields))


def _row(records: Sequence[SourceRecord], pair: ComparedPair, field: str) -> Row:
    compared = [comparison for comparison in pair.comparisons if comparison.field == field]
    reference = records[pair.left]
    cells, chosen = [], Relation("missing_both")
    first: Parts = ()
    for column, record in enumerate(records):
        if column == pair.left:
            continue
        relation = _relate(field, reference, record)
        ours, theirs = _parts(field, reference, record, relation)
        if column == pair.right:
            chosen, first = relation, ours
        cells.append(Cell(field, theirs, relation, column))
    cells.insert(pair.left, Cell(field, first, None, pair.left))
    return Row(
        field=field,
        label=label(field),
        weight=sum(comparison.weight for comparison in compared) if compared else None,
        level="; ".join(comparison.level for comparison in compared),
        relation=chosen,
        cells=tuple(cells),
    )


def _relate(field: str, left: SourceRecord, right: SourceRecord) -> Relation:
    return relate(
        field,
        left.fields.get(field),
        right.fields.get(field),
        left_former=[former.value for former in left.history if former.field == field],
        right_former=[former.value for former in right.history if former.field == field],
    )


def _parts(field: str, left: SourceRecord, right: SourceRecord, relation: Relation) -> tuple[Parts, Parts]:
    one, two = shown(field, left.fields.get(field)), shown(field, right.fields.get(field))
    if relation.kind == "agree" and not relation.hint:
        return whole(one), whole(two)
    if not one or not two:
        return whole(one), whole(two)
    sort = sort_of(field)
    if sort is Sort.CODE:
        return whole(one, differs=True), whole(two, differs=True)
    return date_differences(one, two) if sort is Sort.DATE else differences(one, two)


def _hints(left: SourceRecord, right: SourceRecord, relations: dict[str, Relation]) -> list[str]:
    """What is seen only by looking at several fields together, in neutral words."""
    found = []
    if _swapped_names(left, right):
        found.append("Family and given names are swapped.")
    kinds = {field: relation.kind for field, relation in relations.items()}
    close = {"agree", "partial"}
    if kinds.get("birth_date") == "agree" and kinds.get("family") in close and kinds.get("given") == "disagree":
        found.append("Same date of birth and family name, different given name: possible twins or a renamed infant.")
    shared = [name for name in ("phone", "address") if kinds.get(name) == "agree"]
    if shared and kinds.get("birth_date") == "disagree":
        found.append(f"Same {shared[0]}, different date of birth: possible relatives or an estimated age.")
    return found


def _swapped_names(left: SourceRecord, right: SourceRecord) -> bool:
    family, given = left.fields.get("family"), left.fields.get("given")
    others = right.fields.get("given"), right.fields.get("family")
    crosswise = relate("family", family, others[0]).kind, relate("given", given, others[1]).kind
    straight = relate("family", family, others[1]).kind, relate("given", given, others[0]).kind
    return set(crosswise) <= {"agree", "partial"} and "agree" in crosswise and "disagree" in straight
