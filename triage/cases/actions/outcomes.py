"""What a whole run says about earlier decisions, and what is left when a run is recalled. Used by intake.

``prove`` at the end of a run that had applied decisions; ``withdraw`` when a run is recalled. Both work inside the
caller's transaction; the caller books what they did as part of its own entry.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from triage.cases import kinds
from triage.runs.models import Run


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What a recall did: how many cases it withdrew, and how many stay because they are settled or known otherwise."""

    withdrawn: int
    settled: int
    known_elsewhere: int


def prove(run: Run) -> int:
    """Verify the cases whose applied decision this run proves right: it looked, and reports them no more.

    Returns how many. A run proves only kinds it carried a file of, and nothing without ``decisions_applied``.
    Links that it reports although it had applied them were reopened when their lines landed.
    """
    proven = [str(kind.kind) for path in run.files.values_list("kind", flat=True) if (kind := kinds.by_file_kind(path))]
    if run.decisions_applied is None or not proven:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_PROVE, {"run": run.pk, "wave": run.wave_id, "kinds": proven, "applied": run.decisions_applied})
        return int(cursor.rowcount)


def withdraw(run: Run) -> Withdrawn:
    """Withdraw the unsettled cases that only this run reported. Claims on them end."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK_OPENED, {"run": run.pk})
        cursor.execute(_UNCLAIM.format(table="cases_heldrecord"), {"run": run.pk})
        cursor.execute(_UNCLAIM.format(table="cases_claim"), {"run": run.pk})
        cursor.execute(_WITHDRAW, {"run": run.pk})
        withdrawn = int(cursor.rowcount)
    left = preview(run)
    return Withdrawn(withdrawn, left.settled, left.known_elsewhere)


def preview(run: Run) -> Withdrawn:
    """What ``withdraw`` would do now, without doing it."""
    with connection.cursor() as cursor:
        cursor.execute(_PREVIEW, {"run": run.pk})
        return Withdrawn(*cursor.fetchone())


_PROVE = """
UPDATE cases_case SET state = 'verified'
WHERE id IN (
    SELECT c.id
    FROM cases_case AS c
    JOIN cases_decision AS d ON d.id = c.decision_id
    JOIN cases_feeditem AS f ON f.decision_id = d.id
    WHERE c.queue_id IN (SELECT id FROM cases_queue) AND c.state IN ('released', 'acknowledged')
      AND c.wave_id = %(wave)s AND c.kind = ANY(%(kinds)s)
      AND d.verdict IN ('LINK', 'NO_MATCH') AND f.position <= %(applied)s
      AND NOT EXISTS (SELECT 1 FROM cases_occurrence AS o WHERE o.case_id = c.id AND o.run_id = %(run)s)
    ORDER BY c.id
    FOR UPDATE OF c
)
"""

_UNSETTLED = "c.state IN ('open', 'claimed', 'deferred', 'waiting')"
_ELSEWHERE = """
    EXISTS (
        SELECT 1 FROM cases_occurrence AS o JOIN runs_run AS r ON r.id = o.run_id
        WHERE o.case_id = c.id AND o.run_id <> %(run)s AND r.state <> 'recalled')
"""
_LOCK_OPENED = f"""
SELECT count(*) FROM (
    SELECT 1 FROM cases_case AS c WHERE c.opened_run_id = %(run)s AND {_UNSETTLED} ORDER BY c.id FOR UPDATE
) AS locked
"""
_UNCLAIM = f"""
DELETE FROM {{table}} AS gone USING cases_case AS c
WHERE gone.case_id = c.id AND c.opened_run_id = %(run)s AND {_UNSETTLED} AND NOT {_ELSEWHERE}
"""
_WITHDRAW = f"""
UPDATE cases_case AS c SET state = 'withdrawn', wake_at = NULL, revision = revision + 1
WHERE c.opened_run_id = %(run)s AND {_UNSETTLED} AND NOT {_ELSEWHERE}
"""
_PREVIEW = f"""
SELECT count(*) FILTER (WHERE {_UNSETTLED} AND NOT {_ELSEWHERE}),
       count(*) FILTER (WHERE NOT {_UNSETTLED} AND c.state <> 'withdrawn'),
       count(*) FILTER (WHERE {_UNSETTLED} AND {_ELSEWHERE})
FROM cases_case AS c WHERE c.opened_run_id = %(run)s
"""
