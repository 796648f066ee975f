"""Fill the ledger from the decisions that stand: once, when a database of an earlier version is migrated."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator
from typing import Any, Final

from triage.cases.models import State
from triage.merges.assertions import Asserted, asserted
from triage.merges.closure import Closure
from triage.merges.reasons import LINK, NO_MATCH, PARTITION

_BATCH: Final = 20_000


def load(cursor: Any) -> None:
    """Take in the settled decisions in the order in which they were made, without those that contradict an earlier one.

    Memory grows with the records that were decided on, not with the decisions' evidence.
    """
    closure, links, apart = Closure(), [], []
    for decision, case, claim in _standing(cursor):
        if closure.add(claim):
            links += [(case, decision, *pair) for pair in claim.links]
            apart += [(case, decision, *pair) for pair in claim.apart]
    goldens = {person: number for number, person in enumerate(closure.sets(), 1)}
    golden = {key: goldens[person] for person, keys in closure.sets().items() for key in keys}
    _copy(cursor, "merges_goldenrecord (id, size)", ((goldens[one], len(keys)) for one, keys in closure.sets().items()))
    _copy(cursor, "merges_recordidentity (record_key, golden_id)", golden.items())
    linked = ((*row, golden[row[2]]) for row in links)
    _copy(cursor, "merges_linkedpair (case_id, decision_id, low_key, high_key, golden_id)", linked)
    kept = ((*row, golden[row[2]], golden[row[3]]) for row in apart)
    _copy(cursor, "merges_keptapart (case_id, decision_id, low_key, high_key, low_golden, high_golden)", kept)
    cursor.execute("SELECT setval('merges_goldenrecord_id_seq', %s)", [len(goldens) + 1])


def _standing(cursor: Any) -> Iterator[tuple[int, int, Asserted]]:
    """The decisions that stand and say which records are one person, in their order, with what each asserts."""
    last = 0
    while True:
        cursor.execute(
            _STANDING,
            {"after": last, "verdicts": [LINK, NO_MATCH, PARTITION], "batch": _BATCH, "settled": [*State.SETTLED]},
        )
        rows = cursor.fetchall()
        for decision, case, verdict, keys, content, line in rows:
            said = json.loads(content) if isinstance(content, str) else content
            yield decision, case, asserted(verdict, said, keys, (line or "").encode())
        if len(rows) < _BATCH:
            return
        last = rows[-1][0]


def _copy(cursor: Any, table: str, rows: Iterable[tuple[int, ...]]) -> None:
    text = io.StringIO("".join("\t".join(map(str, row)) + "\n" for row in rows))
    cursor.copy_expert(f"COPY {table} FROM STDIN", text)


_STANDING = """
SELECT d.id, c.id, d.verdict, c.record_keys, d.content,
       CASE WHEN d.content IS NOT NULL
            THEN (SELECT e.payload FROM cases_exception AS e WHERE e.id = d.seen_exception_id) END
FROM cases_decision AS d JOIN cases_case AS c ON c.decision_id = d.id
WHERE d.id > %(after)s AND d.verdict = ANY (%(verdicts)s)
  AND c.kind = 'merge' AND c.state = ANY (%(settled)s)
ORDER BY d.id LIMIT %(batch)s
"""
