"""The comparison grid: a row a field, a column a source record, and how the records of the chosen pair relate.

Pure: it reads a decoded line and says what is there. It never says what the answer is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from triage.desk.characters import Parts, date_differences, differences, whole
from triage.desk.field_rules import PLAIN, FieldRules
from triage.desk.fields import Sort, label, rank, shown, sort_of
from triage.desk.written_dates import read_date
from triage.merges.cell_notes import note_of
from triage.merges.lines import ComparedPair, MergeLine, SourceRecord
from triage.merges.reading import Compared, Reading, read
from triage.merges.relations import Relation, relate


@dataclass(frozen=True, slots=True)
class Cell:
    """One value in parts ``(text, differs)``; no parts: missing. ``relation`` to the reference, None for it itself.

    ``note``: what the value says about itself, such as "placeholder" or "may be estimated".
    """

    field: str
    parts: Parts
    relation: Relation | None
    column: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One field. ``weight`` (bits) and ``level`` are the matcher's for the chosen pair; None: not compared alone.

    ``together``: comparisons of this field together with others, under one weight.
    """

    field: str
    label: str
    weight: float | None
    level: str
    relation: Relation
    cells: tuple[Cell, ...]
    together: tuple[Compared, ...] = ()

    @property
    def heaviest(self) -> float:
        """The largest weight that the field has a part in, in bits without its sign."""
        return max([abs(self.weight or 0.0), *(abs(one.weight) for one in self.together)])


@dataclass(frozen=True, slots=True)
class Grid:
    """The rows, heaviest first; what stands out between the two records of the chosen pair; and that pair itself."""

    pair: ComparedPair
    rows: tuple[Row, ...]
    hints: tuple[str, ...]
    comparisons: tuple[Compared, ...] = ()
    names: dict[str, str] = field(default_factory=dict)  # column as sent → field

    @property
    def left(self) -> int:
        """The column that the others are compared with."""
        return self.pair.left


def grid(line: MergeLine, pair: ComparedPair, rules: FieldRules = PLAIN) -> Grid:
    """Compare all records of ``line`` with the left record of ``pair``; weights are those of ``pair``.

    ``rules``: how the source's columns are read.
    """
    reading = read(line, rules)
    compared = reading.comparisons(pair)
    rows = [_row(reading, pair, field, compared) for field in dict.fromkeys(reading.names.values())]
    rows.sort(key=lambda row: (row.weight is None and not row.together, -row.heaviest, rank(row.field)))
    relations = {row.field: row.relation for row in rows}
    left, right = reading.records[pair.left], reading.records[pair.right]
    hints = _hints(left, right, relations, reading.values)
    return Grid(pair, tuple(rows), tuple(hints), tuple(compared), reading.names)


def _row(reading: Reading, pair: ComparedPair, field: str, compared: Sequence[Compared]) -> Row:
    own, rules = [one for one in compared if one.fields == (field,)], reading.values
    reference = reading.records[pair.left]
    cells, chosen = [], Relation("missing_both")
    first: Parts = ()
    for column, record in enumerate(reading.records):
        if column == pair.left:
            continue
        relation = _relate(field, reference, record, rules)
        ours, theirs = _parts(field, reference, record, relation, rules)
        if column == pair.right:
            chosen, first = relation, ours
        cells.append(Cell(field, theirs, relation, column, note_of(field, record.fields.get(field), rules)))
    note = note_of(field, reference.fields.get(field), rules)
    cells.insert(pair.left, Cell(field, first, None, pair.left, note))
    return Row(
        field=field,
        label=label(field),
        weight=sum(one.weight for one in own) if own else None,
        level="; ".join(one.level for one in own),
        relation=chosen,
        cells=tuple(cells),
        together=tuple(one for one in compared if len(one.fields) > 1 and field in one.fields),
    )


def _relate(field: str, left: SourceRecord, right: SourceRecord, rules: FieldRules) -> Relation:
    return relate(
        field,
        left.fields.get(field),
        right.fields.get(field),
        left_former=[former.value for former in left.history if former.field == field],
        right_former=[former.value for former in right.history if former.field == field],
        rules=rules,
    )


def _parts(
    field: str, left: SourceRecord, right: SourceRecord, relation: Relation, rules: FieldRules
) -> tuple[Parts, Parts]:
    one, two = (shown(field, record.fields.get(field), rules.dates) for record in (left, right))
    if relation.kind.startswith("missing") or (relation.kind == "agree" and not relation.hint):
        return whole(one), whole(two)
    sort = sort_of(field)
    if sort is Sort.CODE:
        differs = relation.kind != "agree"
        return whole(one, differs=differs), whole(two, differs=differs)
    return date_differences(one, two) if sort is Sort.DATE else differences(one, two)


def _hints(left: SourceRecord, right: SourceRecord, relations: dict[str, Relation], rules: FieldRules) -> list[str]:
    """What is seen only by looking at several fields together, in neutral words."""
    found = []
    if _swapped_names(left, right, rules):
        found.append("Family and given names are swapped.")
    kinds = {field: relation.kind for field, relation in relations.items()}
    if may_be_twins(left, right, rules):
        found.append("Same date of birth and family name, different given name: possible twins or a renamed infant.")
    shared = [name for name in ("phone", "mobile", "email", "address") if kinds.get(name) == "agree"]
    if shared and kinds.get("birth_date") == "disagree":
        found.append(f"Same {shared[0]}, different date of birth: possible relatives or an estimated age.")
    return found


def may_be_twins(left: SourceRecord, right: SourceRecord, rules: FieldRules) -> bool:
    """True for two records, as read, with one whole date of birth, one family name and two given names."""

    def kind(field: str) -> str:
        return _relate(field, left, right, rules).kind

    born = kind("birth_date") == "agree" and _whole_date(left, rules)
    return born and kind("given") == "disagree" and kind("family") in {"agree", "partial"}


def _whole_date(record: SourceRecord, rules: FieldRules) -> bool:
    readings = read_date(record.fields.get("birth_date") or "", rules.dates)
    return bool(readings and readings[0].day)


def _swapped_names(left: SourceRecord, right: SourceRecord, rules: FieldRules) -> bool:
    def kind(one: str | None, two: str | None) -> str:
        return relate("family", one, two, rules=rules).kind

    family, given = left.fields.get("family"), left.fields.get("given")
    others = right.fields.get("given"), right.fields.get("family")
    crosswise, straight = (
        {kind(family, others[0]), kind(given, others[1])},
        {
            kind(family, others[1]),
            kind(given, others[0]),
        },
    )
    return crosswise <= {"agree", "partial"} and "agree" in crosswise and "disagree" in straight
