"""A merge line as it is compared: columns by their canonical names, comparisons by the fields that they compare.

The stored line is never changed. Two columns of one record stay two fields, also when both mean the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from triage.desk.field_rules import FieldRules
from triage.desk.fields import label
from triage.merges.lines import ComparedPair, MergeLine, SourceRecord

#: Marks of a comparison's name that say: of term frequency. Splink writes ``tf_surname`` and ``tf_adj_surname``.
_FREQUENCY_BEFORE: Final = ("tf_adjustment_", "tf_adj_", "tf_", "term_frequency_", "frequency_of_", "frequency_")
_FREQUENCY_AFTER: Final = ("_tf_adjustment", "_tf_adj", "_tf", "_term_frequency", "_frequency")
_OF_FREQUENCY: Final = re.compile(r"\bfreq|\btf\b|\b(rare|common) (value|name|term)", re.IGNORECASE)
#: Words between and beside the names of fields that are compared together.
_BESIDE: Final = frozenset(
    {
        *("and", "or", "with", "x", "plus", "both", "comparison", "combined", "joint", "cross"),
        *("swapped", "reversed", "transposed", "columns", "match"),
    }
)
#: Comparisons of a whole name, where the records have its parts.
_WHOLE_NAMES: Final = frozenset({"full_name"})
_PARTING: Final = re.compile(r"[._-]+")


@dataclass(frozen=True, slots=True)
class Compared:
    """One comparison of a pair. Several ``fields``: compared together, under one weight (bits).

    ``frequency``: it adds what the other comparison of these fields does not know, that the value is rare or common.
    """

    fields: tuple[str, ...]
    label: str
    level: str
    weight: float
    frequency: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """A line, read. ``names``: column as sent → the field that it is. ``records`` have fields for columns."""

    records: tuple[SourceRecord, ...]
    names: dict[str, str]
    rules: FieldRules

    @property
    def values(self) -> FieldRules:
        """The rules for values of ``records``, whose columns have been read already."""
        return msgspec.structs.replace(self.rules, columns={})

    def field(self, column: str) -> str:
        """The field that a column of this line is."""
        return self.names.get(column) or self.rules.name(column)

    def comparisons(self, pair: ComparedPair) -> list[Compared]:
        """The comparisons of ``pair`` in the order of the line."""
        found: list[Compared] = []
        for one in pair.comparisons:
            fields, frequency = self._compares(one.field)
            earlier = sum(other.fields == fields and not other.frequency for other in found)
            frequency = frequency or (earlier > 0 and bool(_OF_FREQUENCY.search(one.level)))
            title = _label(fields) + (", term frequency" if frequency else _further(earlier))
            found.append(Compared(fields, title, one.level, one.weight, frequency))
        return found

    def _compares(self, name: str) -> tuple[tuple[str, ...], bool]:
        """The fields of a comparison of this name, and whether it is one of term frequency."""
        if fields := self._fields(name):
            return fields, False
        base = _without_frequency(name)
        if base and (fields := self._fields(base)):
            return fields, True
        return (self.rules.name(name),), False

    def _fields(self, name: str) -> tuple[str, ...]:
        if declared := self.rules.together.get(name):
            return tuple(dict.fromkeys(map(self.field, declared)))
        if field := self._field(name):
            return (field,)
        present = set(self.names.values())
        if self.rules.name(name) in _WHOLE_NAMES and {"family", "given"} <= present:
            return tuple(one for one in ("given", "middle", "family") if one in present)
        return tuple(dict.fromkeys(self._joined([word for word in _PARTING.split(name) if word])))

    def _field(self, name: str) -> str:
        """The field that a single name means in this line, or nothing."""
        if name in self.names:
            return self.names[name]
        known = self.rules.name(name)
        return known if known in self.names.values() else ""

    def _joined(self, words: Sequence[str]) -> tuple[str, ...]:
        """The present fields whose names make up ``words``, the longer names first; nothing if any word is left."""
        ends: list[tuple[str, ...] | None] = [None] * len(words) + [()]
        for start in reversed(range(len(words))):
            for end in range(len(words), start, -1):
                rest, field = ends[end], self._field("_".join(words[start:end]))
                if rest is not None and field:
                    ends[start] = (field, *rest)
                    break
            else:
                ends[start] = ends[start + 1] if words[start] in _BESIDE else None
        return ends[0] or ()


def read(line: MergeLine, rules: FieldRules) -> Reading:
    """Read ``line`` by the rules of its source."""
    names = _names([record.fields for record in line.records], rules)
    return Reading(tuple(_record(record, names, rules) for record in line.records), names, rules)


def _names(records: Sequence[Mapping[str, str | None]], rules: FieldRules) -> dict[str, str]:
    """Column → field. A column whose field another column of the same record already is keeps its own name."""
    columns = list(dict.fromkeys(column for fields in records for column in fields))
    exact_first = sorted(columns, key=lambda column: (rules.name(column) != column, column not in rules.columns))
    chosen: dict[str, str] = {}
    for column in exact_first:
        beside = {chosen[other] for fields in records if column in fields for other in fields if other in chosen}
        chosen[column] = next(name for name in _candidates(column, rules) if name not in beside)
    return {column: chosen[column] for column in columns}


def _candidates(column: str, rules: FieldRules) -> Iterator[str]:
    yield rules.name(column)
    yield column
    yield from (f"{column}_{number}" for number in range(2, 100))


def _record(record: SourceRecord, names: Mapping[str, str], rules: FieldRules) -> SourceRecord:
    fields = {names[column]: value for column, value in record.fields.items()}
    history = [
        msgspec.structs.replace(former, field=names.get(former.field) or rules.name(former.field))
        for former in record.history
    ]
    return msgspec.structs.replace(record, fields=fields, history=history)


def _without_frequency(name: str) -> str:
    for before in _FREQUENCY_BEFORE:
        if name.startswith(before):
            return name.removeprefix(before)
    return next((name.removesuffix(after) for after in _FREQUENCY_AFTER if name.endswith(after)), "")


def _further(earlier: int) -> str:
    names = ("", "second", "third", "fourth")
    return f", {names[earlier] if earlier < len(names) else 'further'} comparison" if earlier else ""


def _label(fields: Iterable[str]) -> str:
    """``Given name``, or ``Given name and family name``."""
    first, *others = fields
    return " and ".join([label(first), *map(inside, others)])


def inside(field: str) -> str:
    """The label of a field inside a sentence: ``family name``, but ``NHS number``."""
    said = label(field)
    return said[:1].lower() + said[1:] if said[1:2].islower() else said
