"""What is left when a run is recalled. Used by intake; ``proving`` has what a whole run says about earlier decisions.

``withdraw`` works inside the caller's transaction; the caller logs what it did in its own entry.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from triage.cases.feed import DECIDED, THROUGH
from triage.cases.models import State
from triage.runs.models import Run


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What a recall did, in cases: withdrawn; staying, because settled or known otherwise; and no longer verified.

    ``unverified`` are those that the run had verified, whichever run opened them.
    """

    withdrawn: int
    settled: int
    known_elsewhere: int
    unverified: int = 0


def withdraw(run: Run) -> Withdrawn:
    """Withdraw the unsettled cases that only this run reported, and undo its verifications. Claims on them end."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, {"run": run.pk})
        cursor.execute(_UNCLAIM.format(table="cases_heldrecord"), {"run": run.pk})
        cursor.execute(_UNCLAIM.format(table="cases_claim"), {"run": run.pk})
        cursor.execute(_WITHDRAW, {"run": run.pk})
        withdrawn = int(cursor.rowcount)
        cursor.execute(_UNVERIFY, {"run": run.pk})
        unverified = int(cursor.rowcount)
        for statement in _UNPROVE:
            cursor.execute(statement, {"run": run.pk})
    left = preview(run)
    return Withdrawn(withdrawn, left.settled, left.known_elsewhere, unverified)


def preview(run: Run) -> Withdrawn:
    """What ``withdraw`` would do now, without doing it."""
    with connection.cursor() as cursor:
        cursor.execute(_PREVIEW, {"run": run.pk})
        return Withdrawn(*cursor.fetchone())


_UNRESOLVED = f"c.state IN {State.sql(State.UNRESOLVED)}"
_ELSEWHERE = """
    EXISTS (
        SELECT 1 FROM cases_occurrence AS o JOIN runs_run AS r ON r.id = o.run_id
        WHERE o.case_id = c.id AND o.run_id <> %(run)s AND r.state <> 'recalled')
"""
# Cases that the run verified, and those that another run verified together with it: each proved for its own source.
_VERIFIED = """
    c.state = 'verified' AND c.id IN (
        SELECT v.id FROM cases_case AS v WHERE v.state = 'verified' AND v.verified_run_id = %(run)s
        UNION ALL
        SELECT p.case_id FROM cases_proof AS p WHERE p.proving @> ARRAY[%(run)s::bigint] AND cardinality(p.proving) > 1)
"""
# All at once and by ascending id, as wherever several cases are locked, to avoid deadlocks.
_LOCK = f"""
SELECT count(*) FROM (
    SELECT 1 FROM cases_case AS c
    WHERE c.id IN (
        SELECT c.id FROM cases_case AS c WHERE c.opened_run_id = %(run)s AND {_UNRESOLVED}
        UNION ALL
        SELECT c.id FROM cases_case AS c WHERE {_VERIFIED}
    )
    ORDER BY c.id FOR UPDATE
) AS locked
"""
_UNCLAIM = f"""
DELETE FROM {{table}} AS gone USING cases_case AS c
WHERE gone.case_id = c.id AND c.opened_run_id = %(run)s AND {_UNRESOLVED} AND NOT {_ELSEWHERE}
"""
_WITHDRAW = f"""
UPDATE cases_case AS c
SET state = 'withdrawn', wake_at = NULL, past_cutover = false, proposal_id = NULL, revision = revision + 1
WHERE c.opened_run_id = %(run)s AND {_UNRESOLVED} AND NOT {_ELSEWHERE}
"""
# Back to released, and on to acknowledged at once where its source has been acknowledged as far as there.
_UNVERIFY = f"""
UPDATE cases_case AS c
SET verified_run_id = NULL,
    state = CASE WHEN decided.position <= {THROUGH.format(source="decided.source_id")}
                 THEN 'acknowledged' ELSE 'released' END
FROM {DECIDED} AS decided
WHERE decided.id = c.decision_id AND {_VERIFIED}
"""
# What other sources proved stays.
_UNPROVE = (
    "DELETE FROM cases_proof WHERE run_id = %(run)s AND proving <@ ARRAY[%(run)s::bigint]",
    """
    UPDATE cases_proof AS p
    SET proving = array_remove(p.proving, %(run)s::bigint), record_keys = '{}', causes = '{}',
        run_id = (SELECT max(one) FROM unnest(array_remove(p.proving, %(run)s::bigint)) AS one)
    WHERE p.run_id = %(run)s
    """,
    """
    UPDATE cases_proof SET proving = array_remove(proving, %(run)s::bigint)
    WHERE proving @> ARRAY[%(run)s::bigint] AND cardinality(proving) > 1
    """,
)
_PREVIEW = f"""
SELECT count(*) FILTER (WHERE {_UNRESOLVED} AND NOT {_ELSEWHERE}),
       count(*) FILTER (WHERE NOT {_UNRESOLVED} AND c.state <> 'withdrawn'),
       count(*) FILTER (WHERE {_UNRESOLVED} AND {_ELSEWHERE}),
       (SELECT count(*) FROM cases_case AS c WHERE {_VERIFIED})
FROM cases_case AS c WHERE c.opened_run_id = %(run)s
"""
