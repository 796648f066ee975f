"""Assertions follow their records when a run replaces these: the same decisions, about the later records."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Final

from django.db import transaction

from console.errors import Stale
from triage.cases.kinds import Overtaken
from triage.cases.models import Decision
from triage.merges.actions import splitting
from triage.merges.actions.ledger import MergeEntry
from triage.merges.assertions import Asserted, Pair

_TRIES: Final = 20


def carry(cursor: Any, *, run: int, recalled: bool) -> None:
    """Take the assertions of the cases that followed the run's replacements to the later records, or back.

    What would contradict other decisions under the later records is left out of the ledger; ``merges_check`` lists it.
    Raises Stale while others hold on to the sets.
    """
    cursor.execute(_ASSERTED, {"run": run})
    rows = cursor.fetchall()
    if not rows:
        return
    splitting.end(sorted({case for case, *_ in rows}))
    for (case, decision), claim in _renamed(rows, recalled=recalled).items():
        entry = _entry(case, claim)
        if not entry.contradicts:
            entry.record(Decision(pk=decision))


def _renamed(rows: Iterable[tuple[Any, ...]], *, recalled: bool) -> dict[tuple[int, int], Asserted]:
    """By case and decision what it asserts of the records as they are called now."""
    links: dict[tuple[int, int], list[Pair]] = defaultdict(list)
    apart: dict[tuple[int, int], list[Pair]] = defaultdict(list)
    for case, decision, linked, low, high, replaced in rows:
        records = [(before, after) for before, after, *_ in json.loads(replaced)]
        now = {after: before for before, after in records} if recalled else dict(records)
        one, two = sorted((now.get(low, low), now.get(high, high)))
        (links if linked else apart)[case, decision].append((one, two))
    return {key: Asserted(tuple(links[key]), tuple(apart[key])) for key in sorted({*links, *apart})}


def _entry(case: int, claim: Asserted) -> MergeEntry:
    for _ in range(_TRIES):
        try:
            with transaction.atomic():
                return MergeEntry.of(case, claim)
        except Overtaken:
            continue
    raise Stale("Others are deciding on the same records at this moment. Try again.")


_ASSERTED = """
WITH moved AS (
    SELECT case_id, records FROM cases_replacement WHERE run_id = %(run)s AND followed
)
SELECT a.case_id, a.decision_id, true, a.low_key, a.high_key, moved.records
FROM moved JOIN merges_linkedpair AS a USING (case_id)
UNION ALL
SELECT a.case_id, a.decision_id, false, a.low_key, a.high_key, moved.records
FROM moved JOIN merges_keptapart AS a USING (case_id)
"""
