"""What a whole run says about earlier decisions, and what is left when a run is recalled. Used by intake.

``prove`` at the end of a run that had applied decisions, with ``reservations`` on what it cannot prove; ``withdraw``
when a run is recalled. They work inside the caller's transaction; the caller books what they did in its own entry.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection
from django.db.models import Sum

from console.ui.text import plural
from triage.cases import kinds
from triage.cases.feed import DECIDED, THROUGH
from triage.cases.kinds import AnyKind
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


def prove(run: Run) -> int:
    """Verify the cases whose applied decision this run proves right: it looked, and no longer reports them.

    Returns how many. A run proves only verdicts that are ``proven_by_silence``, of kinds it carried a file of and whose
    every line could be read, and nothing without ``decisions_applied``. Decisions that it disproves were reopened when
    their lines landed.
    """
    whole = [kind for kind, _, rejected in _carried(run) if not rejected]
    proven = [(kind.code, verdict) for kind in whole for verdict in kind.provable]
    if run.decisions_applied is None or not proven:
        return 0
    kinds_, verdicts = zip(*proven, strict=True)
    values = {"run": run.pk, "wave": run.wave_id, "applied": run.decisions_applied}
    with connection.cursor() as cursor:
        cursor.execute(_PROVE, values | {"kinds": list(kinds_), "verdicts": list(verdicts)})
        return int(cursor.rowcount)


def reservations(run: Run) -> list[str]:
    """Sentences on what a run that had applied decisions cannot prove, because lines of it were rejected."""
    if run.decisions_applied is None:
        return []
    return [
        f"{plural(rejected, 'line')} of {files} {'was' if rejected == 1 else 'were'} rejected. A line that could not "
        f"be read may be about a decided case, so this run proves nothing about {files} by silence."
        for _, files, rejected in _carried(run)
        if rejected
    ]


def _carried(run: Run) -> list[tuple[AnyKind, str, int]]:
    """The kinds of case that the run carried files of, what these are called, and how many lines were rejected."""
    counts = run.files.values_list("kind").annotate(Sum("rejected")).order_by("kind")
    return [(kind, files, rejected) for files, rejected in counts if (kind := kinds.by_file_kind(files))]


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
    left = preview(run)
    return Withdrawn(withdrawn, left.settled, left.known_elsewhere, unverified)


def preview(run: Run) -> Withdrawn:
    """What ``withdraw`` would do now, without doing it."""
    with connection.cursor() as cursor:
        cursor.execute(_PREVIEW, {"run": run.pk})
        return Withdrawn(*cursor.fetchone())


_PROVE = f"""
UPDATE cases_case SET state = 'verified', verified_run_id = %(run)s
WHERE id IN (
    SELECT c.id
    FROM cases_case AS c
    JOIN cases_decision AS d ON d.id = c.decision_id
    JOIN cases_feeditem AS f ON f.decision_id = d.id
    WHERE c.queue_id IN (SELECT id FROM cases_queue) AND c.state IN {State.sql((State.RELEASED, State.ACKNOWLEDGED))}
      AND c.wave_id = %(wave)s AND c.kind = ANY(%(kinds)s)
      AND (c.kind, d.verdict) IN (SELECT * FROM unnest(%(kinds)s::text[], %(verdicts)s::text[]))
      AND f.position <= %(applied)s
      AND NOT EXISTS (SELECT 1 FROM cases_occurrence AS o WHERE o.case_id = c.id AND o.run_id = %(run)s)
    ORDER BY c.id
    FOR UPDATE OF c
)
"""

_UNRESOLVED = f"c.state IN {State.sql(State.UNRESOLVED)}"
_ELSEWHERE = """
    EXISTS (
        SELECT 1 FROM cases_occurrence AS o JOIN runs_run AS r ON r.id = o.run_id
        WHERE o.case_id = c.id AND o.run_id <> %(run)s AND r.state <> 'recalled')
"""
_VERIFIED = "c.state = 'verified' AND c.verified_run_id = %(run)s"
# All at once and by ascending id, as wherever several cases are locked, to avoid deadlocks.
_LOCK = f"""
SELECT count(*) FROM (
    SELECT 1 FROM cases_case AS c
    WHERE (c.opened_run_id = %(run)s AND {_UNRESOLVED}) OR ({_VERIFIED}) ORDER BY c.id FOR UPDATE
) AS locked
"""
_UNCLAIM = f"""
DELETE FROM {{table}} AS gone USING cases_case AS c
WHERE gone.case_id = c.id AND c.opened_run_id = %(run)s AND {_UNRESOLVED} AND NOT {_ELSEWHERE}
"""
_WITHDRAW = f"""
UPDATE cases_case AS c SET state = 'withdrawn', wake_at = NULL, revision = revision + 1
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
_PREVIEW = f"""
SELECT count(*) FILTER (WHERE {_UNRESOLVED} AND NOT {_ELSEWHERE}),
       count(*) FILTER (WHERE NOT {_UNRESOLVED} AND c.state <> 'withdrawn'),
       count(*) FILTER (WHERE {_UNRESOLVED} AND {_ELSEWHERE}),
       (SELECT count(*) FROM cases_case AS c WHERE {_VERIFIED})
FROM cases_case AS c WHERE c.opened_run_id = %(run)s
"""
