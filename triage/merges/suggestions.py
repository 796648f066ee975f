"""What the evidence suggests about a verdict: the reason to propose for a link, and a possible twin to warn of.

Both are for the reviewer to change or to confirm; neither says what the answer is.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations
from typing import Final

from triage.desk.columns import canonical
from triage.desk.field_rules import PLAIN, FieldRules
from triage.desk.fields import Sort, sort_of
from triage.merges import groups
from triage.merges.compare import may_be_twins
from triage.merges.groups import Positions
from triage.merges.lines import ComparedPair, MergeLine
from triage.merges.reading import Reading, read
from triage.merges.relations import relate

#: The reason code by which pipelines say that a set may hold twins.
POSSIBLE_TWIN: Final = "possible_twin"

_IDENTIFIERS, _DEMOGRAPHICS = "identifiers_agree", "demographics_agree"
#: Identifiers of a home rather than of a person: several people share them.
_SHARED: Final = frozenset({"phone", "mobile", "postcode"})


def link_reason(line: MergeLine, rules: FieldRules = PLAIN) -> str:
    """The reason that the strongest agreeing field suggests for a link; empty when no compared field agrees.

    The strongest field is the one whose comparisons, where its values agree, have the greatest weight in all pairs.
    """
    reading = read(line, rules)
    weights: dict[str, float] = {}
    for pair in line.match.pairs:
        for field, weight in _agreeing(reading, pair):
            weights[field] = weights.get(field, 0.0) + weight
    if not weights:
        return ""
    strongest = max(sorted(weights), key=weights.__getitem__)
    identifies = sort_of(strongest) is Sort.IDENTIFIER and canonical(strongest) not in _SHARED
    return _IDENTIFIERS if identifies else _DEMOGRAPHICS


def _agreeing(reading: Reading, pair: ComparedPair) -> Iterable[tuple[str, float]]:
    """Fields that agree, with their weights; fields compared together share one weight, and agree together."""
    left, right = reading.records[pair.left].fields, reading.records[pair.right].fields
    for one in reading.comparisons(pair):
        relations = (relate(field, left.get(field), right.get(field), rules=reading.values) for field in one.fields)
        if one.weight > 0 and all(relation.kind == "agree" for relation in relations):
            yield one.fields[0], one.weight


def twin_pairs(line: MergeLine, rules: FieldRules = PLAIN) -> list[tuple[int, int]]:
    """The pairs of positions that may be twins: one birth date, one family name, another given name."""
    reading = read(line, rules)
    numbered = combinations(enumerate(reading.records), 2)
    return [(left, right) for (left, one), (right, two) in numbered if may_be_twins(one, two, reading.values)]


def twin_warning(reasons: Iterable[str], line: MergeLine, joined: Positions, rules: FieldRules = PLAIN) -> str:
    """A sentence when ``joined`` puts records that may be twins in one group; empty otherwise.

    Where the pipeline says that there is a twin in the set but no pair looks like it, any two may be the twins.
    """
    linked = set(groups.together(joined))
    seen = twin_pairs(line, rules)
    risky = [pair for pair in seen if pair in linked]
    if risky:
        pairs = "; ".join(groups.letters(pair) for pair in risky)
        return f"{pairs} may be twins: same birth date and family name, different given name."
    if not seen and linked and POSSIBLE_TWIN in reasons:
        return "The pipeline reports a possible twin among these records."
    return ""
