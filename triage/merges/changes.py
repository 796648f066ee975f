"""What differs between two lines of one case, by name and never by value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from triage.merges.evidence import normal, told
from triage.merges.lines import MergeLine
from triage.runs import facilities


def changed(before: MergeLine, after: MergeLine) -> list[str]:
    """Names of what differs between two lines of one case: fields of records, ``field (level)``, and what was reported.

    Sorted, without values. Empty when only extract times or the like differ.
    """
    names = _differing_fields(before, after) | _differing_levels(before, after)
    names |= {name for name, of in _REPORTED.items() if of(before) != of(after)}
    return sorted(names)


_REPORTED: Final[dict[str, Callable[[MergeLine], object]]] = {
    "severity": lambda line: line.severity,
    "domain": lambda line: line.domain,
    "reasons": lambda line: sorted(set(line.reasons)),
    "facility": lambda line: facilities.words(record.facility for record in line.records),
    "grade": lambda line: line.match.grade,
    "model": lambda line: (line.match.model, line.match.version),
    "thresholds": lambda line: (line.match.lower_threshold, line.match.upper_threshold),
    "weights": lambda line: (line.match.prior, _weights(line)),
}


def _weights(line: MergeLine) -> dict[frozenset[tuple[str, str]], tuple[float, list[tuple[str, float]]]]:
    names = [(record.system, record.id) for record in line.records]
    return {
        frozenset((names[pair.left], names[pair.right])): (
            pair.score,
            sorted((comparison.field, comparison.weight) for comparison in pair.comparisons),
        )
        for pair in line.match.pairs
    }


def _differing_fields(before: MergeLine, after: MergeLine) -> set[str]:
    old, new = _by_record(before), _by_record(after)
    names: set[str] = set()
    for key in old.keys() | new.keys():
        left, right = old.get(key, {}), new.get(key, {})
        names |= {name for name in left.keys() | right.keys() if left.get(name) != right.get(name)}
    return names


def _by_record(line: MergeLine) -> dict[tuple[str, str], dict[str, str]]:
    return {
        (record.system, record.id): {name: text for name, value in told(record).items() if (text := normal(value))}
        for record in line.records
    }


def _differing_levels(before: MergeLine, after: MergeLine) -> set[str]:
    old, new = _by_pair(before), _by_pair(after)
    return {f"{key[1]} (level)" for key in old.keys() | new.keys() if old.get(key) != new.get(key)}


def _by_pair(line: MergeLine) -> dict[tuple[frozenset[tuple[str, str]], str], list[str]]:
    names = [(record.system, record.id) for record in line.records]
    found: dict[tuple[frozenset[tuple[str, str]], str], list[str]] = {}
    for pair in line.match.pairs:
        both = frozenset((names[pair.left], names[pair.right]))
        for comparison in pair.comparisons:
            found.setdefault((both, comparison.field), []).append(comparison.level.lower())
    return {key: sorted(levels) for key, levels in found.items()}
