"""The ledger of patient matches compared with the decisions that stand. Reads everything: for a command, not a page."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from triage.cases import contradictions
from triage.cases.contradictions import Contradicted
from triage.cases.models import Case, State
from triage.merges.assertions import components
from triage.merges.models import KeptApart, LinkedPair, RecordIdentity
from triage.merges.reasons import LINK, NO_MATCH, PARTITION


@dataclass(frozen=True, slots=True)
class Checked:
    """How many decisions stand, which of them are not in the ledger, and the records whose set is wrong."""

    decisions: int
    left_out: list[Contradicted]
    wrong: list[int]


def check() -> Checked:
    """Compare every decision that stands with the ledger, and every set with the links in it."""
    wanted = Case.objects.filter(state__in=State.SETTLED, decision__verdict__in=(LINK, NO_MATCH, PARTITION))
    standing = set(wanted.values_list("decision_id", flat=True))
    recorded = set(LinkedPair.objects.values_list("decision_id", flat=True))
    recorded |= set(KeptApart.objects.values_list("decision_id", flat=True))
    return Checked(len(standing), contradictions.named(standing - recorded), sorted(_wrong()))


def _wrong() -> set[int]:
    """Records whose set is not the one that the links in the ledger connect."""
    goldens: dict[int, list[int]] = defaultdict(list)
    for key, golden in RecordIdentity.objects.values_list("record_key", "golden_id").iterator():
        goldens[golden].append(key)
    links = LinkedPair.objects.values_list("low_key", "high_key").iterator()
    connected = {frozenset(one) for one in components((key for keys in goldens.values() for key in keys), links)}
    return {key for keys in goldens.values() if frozenset(keys) not in connected for key in keys}
