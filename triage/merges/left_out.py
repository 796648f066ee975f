"""Decisions that stand although they are not in the ledger: made before it was, or about records that were replaced.

What they assert contradicts decisions that are in it. Asked for the rows of one page of a list: one query, each of its
parts answered by an index, whatever the number of cases.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from triage.merges.reasons import LINK, NO_MATCH, PARTITION


def left_out(cases: Sequence[int]) -> dict[int, int]:
    """Of these settled cases those whose decision is not in the ledger, each with a case whose decision contradicts it.

    0 where none is found any longer.
    """
    if not cases:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_LEFT_OUT, {"cases": [*cases], "together": [LINK, PARTITION], "apart": [NO_MATCH, PARTITION]})
        return dict(cursor.fetchall())


# What it links stands apart in the ledger, or what it keeps apart shares a golden record there.
_LEFT_OUT = """
SELECT c.id, coalesce((
    SELECT k.case_id
    FROM merges_recordidentity AS a, merges_recordidentity AS b, merges_keptapart AS k
    WHERE d.verdict = ANY(%(together)s) AND a.record_key = ANY(c.record_keys) AND b.record_key = ANY(c.record_keys)
      AND k.low_golden = a.golden_id AND k.high_golden = b.golden_id
    LIMIT 1
), (
    SELECT l.case_id
    FROM merges_recordidentity AS a, merges_recordidentity AS b, merges_linkedpair AS l
    WHERE d.verdict = ANY(%(apart)s) AND a.record_key = ANY(c.record_keys) AND b.record_key = ANY(c.record_keys)
      AND a.record_key < b.record_key AND a.golden_id = b.golden_id
      AND l.golden_id = a.golden_id AND (l.low_key = a.record_key OR l.high_key = a.record_key)
    LIMIT 1
), 0)
FROM cases_case AS c JOIN cases_decision AS d ON d.id = c.decision_id
WHERE c.id = ANY(%(cases)s) AND (d.verdict = ANY(%(together)s) OR d.verdict = ANY(%(apart)s))
  AND NOT EXISTS (SELECT 1 FROM merges_linkedpair AS l WHERE l.case_id = c.id AND l.decision_id = d.id)
  AND NOT EXISTS (SELECT 1 FROM merges_keptapart AS k WHERE k.case_id = c.id AND k.decision_id = d.id)
"""
