"""The ledger of patient matches: which records are one person, which are two, by the decisions that stand.

Lock order: the golden records that a decision concerns, in ascending order, after the case and before anything is
written. Only the transaction that holds them joins, splits or compares their sets; so of two people who settle at one
instant the second one sees what the first one settled.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import connection

from triage.cases.kinds import Json, Overtaken
from triage.cases.models import Case, Decision
from triage.merges.actions import splitting
from triage.merges.assertions import Asserted, Link, Pair, asserted, components, path
from triage.merges.left_out import left_out

#: The decision behind a pair that is only proposed.
_PROPOSED: Final = 0


@dataclass(frozen=True, slots=True)
class Held:
    """The golden record of each record, by key, and the sizes of these, while they are locked."""

    goldens: dict[int, int]
    sizes: dict[int, int]

    def joined(self, links: Iterable[Pair]) -> dict[int, list[int]]:
        """By golden record the set of those that the links would make one, itself among them."""
        pairs = [(self.goldens[one], self.goldens[two]) for one, two in links]
        return {golden: one for one in components(self.sizes, pairs) for golden in one}


@dataclass(frozen=True, slots=True)
class MergeEntry:
    """What a decision on a patient match asserts, and the decisions that it contradicts."""

    case: int
    asserted: Asserted
    held: Held
    contradicts: list[int] = field(default_factory=list)

    @classmethod
    def of(cls, case: int, claim: Asserted) -> MergeEntry:
        """Lock the golden records of what is asserted and find the decisions that contradict it. Raises Overtaken."""
        held = _hold(claim.keys) if claim.keys else Held({}, {})
        return cls(case, claim, held, _contradicted(claim, held))

    def record(self, decision: Decision) -> None:
        """Join the sets that it links, and write its pairs."""
        with connection.cursor() as cursor:
            for together in {tuple(one) for one in self.held.joined(self.asserted.links).values() if len(one) > 1}:
                kept = max(together, key=lambda golden: (self.held.sizes[golden], -golden))
                others = [golden for golden in together if golden != kept]
                cursor.execute(_JOIN, {"kept": kept, "others": others})
            for statement, pairs in ((_LINK, self.asserted.links), (_APART, self.asserted.apart)):
                if pairs:
                    low, high = zip(*pairs, strict=True)
                    values: dict[str, Any] = {
                        "case": self.case,
                        "decision": decision.pk,
                        "low": [*low],
                        "high": [*high],
                    }
                    cursor.execute(statement, values)


class MergeLedger:
    """``cases.kinds.Ledger`` of patient matches."""

    def prepare(self, case: Case, verdict: str, content: Json, line: bytes) -> MergeEntry:
        """As ``Ledger.prepare``. A constant number of statements, but for the names of what is contradicted."""
        return MergeEntry.of(case.pk, asserted(verdict, content, case.record_keys, line))

    def end(self, cases: Sequence[int]) -> None:
        """As ``Ledger.end``. A constant number of statements, whatever the number of cases."""
        splitting.end(cases)

    def left_out(self, cases: Sequence[int]) -> dict[int, int]:
        """As ``Ledger.left_out``."""
        return left_out(cases)


def _hold(keys: Sequence[int]) -> Held:
    """Lock the golden records of these records, which each get one when they have none.

    Raises Overtaken when a set was joined or split before its lock was there: what is locked then is not what is meant,
    and to lock more would be out of order.
    """
    with connection.cursor() as cursor:
        cursor.execute(_KNOW, {"keys": [*keys]})
        cursor.execute(_HOLD, {"keys": [*keys]})
        rows = cursor.fetchall()
        cursor.execute(_AS_IS, {"keys": [*keys]})
        goldens = dict(cursor.fetchall())
    if goldens != {key: golden for key, golden, _ in rows}:
        raise Overtaken
    return Held(goldens, {golden: size for _, golden, size in rows})


def _contradicted(claim: Asserted, held: Held) -> list[int]:
    """The settled decisions that the claim cannot stand beside: those that keep apart what it links, those that link
    what it keeps apart, and the links by which the two meet.
    """
    joined = held.joined(claim.links)
    apart: list[tuple[Pair, int]] = [
        (pair, _PROPOSED) for pair in claim.apart if held.goldens[pair[1]] in joined[held.goldens[pair[0]]]
    ]
    if any(len(one) > 1 for one in joined.values()):
        apart += [(pair, decision) for pair, decision, across in _kept_apart(joined) if across[1] in joined[across[0]]]
    if not apart:
        return []
    links = [*((pair, _PROPOSED) for pair in claim.links), *_linked(joined)]
    found = {decision for (one, two), _ in apart for decision in path(one, two, links)}
    return sorted((found | {decision for _, decision in apart}) - {_PROPOSED})


def _kept_apart(goldens: Iterable[int]) -> list[tuple[Pair, int, Pair]]:
    """The pairs that are kept apart between these golden records: records, decision, golden records."""
    return [((low, high), decision, (one, two)) for low, high, decision, one, two in _rows(_ACROSS, goldens)]


def _linked(goldens: Iterable[int]) -> list[Link]:
    """The pairs that are linked within these golden records, with the decision behind each."""
    return [((low, high), decision) for low, high, decision in _rows(_WITHIN, goldens)]


def _rows(statement: str, goldens: Iterable[int]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"goldens": [*goldens]})
        return list(cursor.fetchall())


# Known in ascending order, so that two decisions on new records wait for each other only one way round.
_KNOW = """
WITH wanted AS (
    SELECT key FROM unnest(%(keys)s::bigint[]) AS key
    WHERE NOT EXISTS (SELECT 1 FROM merges_recordidentity AS i WHERE i.record_key = key)
), known AS (
    INSERT INTO merges_recordidentity (record_key, golden_id)
    SELECT key, nextval('merges_goldenrecord_id_seq') FROM wanted ORDER BY key
    ON CONFLICT (record_key) DO NOTHING RETURNING golden_id
)
INSERT INTO merges_goldenrecord (id, size) SELECT golden_id, 1 FROM known
"""
_HOLD = """
SELECT i.record_key, g.id, g.size
FROM merges_recordidentity AS i JOIN merges_goldenrecord AS g ON g.id = i.golden_id
WHERE i.record_key = ANY (%(keys)s) ORDER BY g.id FOR UPDATE OF g
"""
_AS_IS = "SELECT record_key, golden_id FROM merges_recordidentity WHERE record_key = ANY (%(keys)s)"
_ACROSS = """
SELECT low_key, high_key, decision_id, low_golden, high_golden FROM merges_keptapart
WHERE low_golden = ANY (%(goldens)s) AND high_golden = ANY (%(goldens)s)
"""
_WITHIN = "SELECT low_key, high_key, decision_id FROM merges_linkedpair WHERE golden_id = ANY (%(goldens)s)"
# The pairs of the sets that are joined follow their records by ON UPDATE CASCADE.
_JOIN = """
WITH gone AS (
    DELETE FROM merges_goldenrecord WHERE id = ANY (%(others)s) RETURNING size
), kept AS (
    UPDATE merges_goldenrecord SET size = size + (SELECT sum(size) FROM gone) WHERE id = %(kept)s
)
UPDATE merges_recordidentity SET golden_id = %(kept)s WHERE golden_id = ANY (%(others)s)
"""
_LINK = """
INSERT INTO merges_linkedpair (case_id, decision_id, low_key, high_key, golden_id)
SELECT %(case)s, %(decision)s, pair.low, pair.high, i.golden_id
FROM unnest(%(low)s::bigint[], %(high)s::bigint[]) AS pair (low, high)
JOIN merges_recordidentity AS i ON i.record_key = pair.low
"""
_APART = """
INSERT INTO merges_keptapart (case_id, decision_id, low_key, high_key, low_golden, high_golden)
SELECT %(case)s, %(decision)s, pair.low, pair.high, one.golden_id, two.golden_id
FROM unnest(%(low)s::bigint[], %(high)s::bigint[]) AS pair (low, high)
JOIN merges_recordidentity AS one ON one.record_key = pair.low
JOIN merges_recordidentity AS two ON two.record_key = pair.high
"""
