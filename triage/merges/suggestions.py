"""What the evidence suggests about a verdict: the reason to propose for a link, and a possible twin to warn of.

Both are for the reviewer to change or to confirm; neither says what the answer is.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations
from typing import Final

from triage.desk.columns import canonical
from triage.desk.fields import Sort, sort_of
from triage.merges import groups
from triage.merges.groups import Positions
from triage.merges.lines import ComparedPair, MergeLine, SourceRecord
from triage.merges.relations import relate

#: The reason code by which pipelines say that a set may hold twins.
POSSIBLE_TWIN: Final = "possible_twin"

_IDENTIFIERS, _DEMOGRAPHICS = "identifiers_agree", "demographics_agree"
#: Identifiers of a home rather than of a person: several people share them.
_SHARED: Final = frozenset({"phone", "mobile", "postcode"})
_CLOSE: Final = frozenset({"agree", "partial"})


def link_reason(line: MergeLine) -> str:
    """The reason that the strongest agreeing field suggests for a link; empty when no compared field agrees.

    The strongest field is the one whose comparisons, where its values agree, have the greatest weight in all pairs.
    """
    weights: dict[str, float] = {}
    for pair in line.match.pairs:
        for field, weight in _agreeing(line, pair):
            weights[field] = weights.get(field, 0.0) + weight
    if not weights:
        return ""
    strongest = max(sorted(weights), key=weights.__getitem__)
    identifies = sort_of(strongest) is Sort.IDENTIFIER and canonical(strongest) not in _SHARED
    return _IDENTIFIERS if identifies else _DEMOGRAPHICS


def _agreeing(line: MergeLine, pair: ComparedPair) -> Iterable[tuple[str, float]]:
    left, right = line.records[pair.left], line.records[pair.right]
    for comparison in pair.comparisons:
        if comparison.weight > 0 and _relation(canonical(comparison.field), left, right) == "agree":
            yield comparison.field, comparison.weight


def twin_pairs(line: MergeLine) -> list[tuple[int, int]]:
    """The pairs of positions that may be twins: one birth date, one family name, another given name."""
    pairs = combinations(range(len(line.records)), 2)
    return [pair for pair in pairs if _may_be_twins(line.records[pair[0]], line.records[pair[1]])]


def twin_warning(reasons: Iterable[str], line: MergeLine, joined: Positions) -> str:
    """A sentence when ``joined`` puts records that may be twins in one group; empty otherwise.

    Where the pipeline says that there is a twin in the set but no pair looks like it, any two may be the twins.
    """
    linked = set(groups.together(joined))
    seen = twin_pairs(line)
    risky = [pair for pair in seen if pair in linked]
    if risky:
        pairs = "; ".join(groups.letters(pair) for pair in risky)
        return f"{pairs} may be twins: same birth date and family name, different given name."
    if not seen and linked and POSSIBLE_TWIN in reasons:
        return "The pipeline reports a possible twin among these records."
    return ""


def _may_be_twins(left: SourceRecord, right: SourceRecord) -> bool:
    return (
        _relation("birth_date", left, right) == "agree"
        and _relation("family", left, right) in _CLOSE
        and _relation("given", left, right) == "disagree"
    )


def _relation(field: str, left: SourceRecord, right: SourceRecord) -> str:
    return relate(field, _value(field, left), _value(field, right)).kind


def _value(field: str, record: SourceRecord) -> str | None:
    """The value of a field, whatever its column is called."""
    return next((value for column, value in record.fields.items() if canonical(column) == field), None)
