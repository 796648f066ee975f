"""What the decisions that stand say of the records of one case, pair by pair: linked, kept apart, or nothing yet.

Read in a constant number of queries. ``MOST_PAIRS`` bounds what is read of a set; beyond it the decisions behind a
link are not named.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final

from triage.cases import contradictions
from triage.cases.contradictions import Contradicted
from triage.cases.keys import record_key
from triage.merges.assertions import path
from triage.merges.groups import letters
from triage.merges.lines import MergeLine
from triage.merges.models import KeptApart, LinkedPair, RecordIdentity

LINKED, APART = "linked", "apart"
MOST_PAIRS: Final = 2000


@dataclass(frozen=True, slots=True)
class StandingPair:
    """Two records of the case by position, what is settled about them, and the decisions that say so."""

    left: int
    right: int
    relation: str
    decisions: list[int]

    @property
    def name(self) -> str:
        """``A and C``."""
        return letters((self.left, self.right))


@dataclass(frozen=True, slots=True)
class Standing:
    """Every pair that is settled, and the decisions behind them."""

    pairs: list[StandingPair]
    decisions: list[Contradicted]

    @property
    def facts(self) -> dict[str, Any]:
        """The same for scripts: free of patient data."""
        named = [
            {
                "decision": one.decision,
                "case": one.ref,
                "label": one.label,
                "by": one.by,
                "decided_at": one.decided_at.isoformat(),
            }
            for one in self.decisions
        ]
        pairs = [
            {"pair": [one.left, one.right], "relation": one.relation, "decisions": one.decisions} for one in self.pairs
        ]
        return {"pairs": pairs, "decisions": named}


NOTHING_STANDS: Final = Standing([], [])


def standing(line: MergeLine) -> Standing:
    """What stands about the records of ``line``."""
    keys = [record_key(record.system, record.id) for record in line.records]
    goldens = dict(RecordIdentity.objects.filter(pk__in=keys).values_list("record_key", "golden_id"))
    if len(goldens) < 2:
        return NOTHING_STANDS
    within = LinkedPair.objects.filter(golden_id__in=goldens.values()).order_by("-pk")
    links = [((row.low_key, row.high_key), row.decision_id) for row in within[:MOST_PAIRS]]
    across = KeptApart.objects.filter(low_golden__in=goldens.values(), high_golden__in=goldens.values())
    apart = {
        frozenset((row.low_golden, row.high_golden)): row.decision_id for row in across.order_by("-pk")[:MOST_PAIRS]
    }
    pairs = []
    for left, right in combinations(range(len(keys)), 2):
        one, two = goldens.get(keys[left]), goldens.get(keys[right])
        if one is None or two is None:
            continue
        if one == two:
            pairs.append(StandingPair(left, right, LINKED, sorted(set(path(keys[left], keys[right], links)))))
        elif frozenset((one, two)) in apart:
            pairs.append(StandingPair(left, right, APART, [apart[frozenset((one, two))]]))
    wanted = {decision for pair in pairs for decision in pair.decisions}
    return Standing(pairs, contradictions.named(wanted) if wanted else [])
