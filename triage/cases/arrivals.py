"""Lines arriving on cases: the set-based SQL that takes a staged chunk to cases, exceptions and occurrences.

Used by intake, inside its transaction, once a chunk::

    stage = staging.take(cursor)
    cursor.copy_expert(stage.copy, lines)                      # staging.COLUMNS, text format
    landed = arrivals.land(cursor, stage=stage, run=run, file_id=file.pk, kind=CaseKind.MERGE, now=now)

What a line does to its case:

| the case is | same evidence | other evidence |
|---|---|---|
| not there | opened | opened |
| open, claimed, deferred, waiting | one more occurrence | new exception shown, revision + 1 |
| decided … verified | one more occurrence (remembered); reopened when the run says it had applied the link | reopened |
| withdrawn | returned | returned |

Every statement joins in one way only, which is forced: the planner has no statistics of a chunk that was copied a
moment ago, and one guess of "one row" would turn seconds into hours.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from triage.cases import staging
from triage.cases.actions.outcomes import Withdrawn, preview, prove, reservations, withdraw
from triage.cases.staging import Stage
from triage.queues import plans
from triage.queues.models import CaseKind
from triage.queues.routing import BASE
from triage.runs.models import Run

__all__ = ["Landed", "Withdrawn", "land", "preview", "prove", "reservations", "withdraw"]

SETTLED = "('decided', 'released', 'acknowledged', 'verified')"
#: Once applied, such a decision leaves nothing to report: a run that reports the case again disproves it.
LINKING = "('LINK')"


@dataclass(frozen=True, slots=True)
class Landed:
    """What one chunk did. The five counts add up to its lines; id ranges are inclusive, (0, 0) when nothing is new.

    ``known`` lines stand on cases that were there before, ``duplicates`` on cases which another line of the chunk
    opened. ``reopened`` and ``returned`` count cases.
    """

    opened: int = 0
    known: int = 0
    reopened: int = 0
    returned: int = 0
    duplicates: int = 0
    changed: int = 0
    cases: tuple[int, int] = (0, 0)
    exceptions: tuple[int, int] = (0, 0)


def land(cursor: Any, *, stage: Stage, run: Run, file_id: int, kind: CaseKind, now: dt.datetime) -> Landed:
    """Take the staged lines to their cases and empty the stage. Raises Invalid when no queue takes this kind."""
    plan = plans.read(kind, wave=run.wave.slug, now=now)
    values = {
        "kind": str(kind),
        "run": run.pk,
        "wave": run.wave_id,
        "file": file_id,
        "now": now,
        "applied": run.decisions_applied,
        **plan.parameters,
    }
    cursor.execute("SET LOCAL work_mem = '32MB'")
    opened, lines, cases, exceptions = _open(cursor, stage, plan, values)
    values["first_new"] = cases[0] if opened else None
    duplicates = known = reopened = returned = changed = 0
    if opened < lines:
        found, duplicates, turning = _remember(cursor, stage, values)
        if turning:
            reopened, returned, changed = _turn(cursor, stage, plan, values)
        known = found - duplicates - reopened - returned
    staging.clear(cursor, stage)
    return Landed(opened, known, reopened, returned, duplicates, changed, cases, exceptions)


def _open(cursor: Any, stage: Stage, plan: plans.Plan, values: dict[str, Any]) -> tuple[int, int, Any, Any]:
    """Open a case for every problem not known yet; the last line about it speaks for it."""
    # Sorted by fingerprint: two chunks that open the same cases wait for each other instead of dead-locking, and
    # the index on fingerprints is filled in its own order.
    with _joins(cursor, nestloop=False):
        cursor.execute(_OPEN.format(staged=stage.table, route=plan.route), values)
        opened, lines, *ranges = cursor.fetchone()
    return opened, lines, (ranges[0] or 0, ranges[1] or 0), (ranges[2] or 0, ranges[3] or 0)


def _remember(cursor: Any, stage: Stage, values: dict[str, Any]) -> tuple[int, int, int]:
    """Note one occurrence for each line whose case knows this evidence; count lines that turn their case."""
    with _joins(cursor, nestloop=True):
        cursor.execute(_REMEMBER.format(staged=stage.table), values)
        found, duplicates, turning = cursor.fetchone()
    return found, duplicates, turning


def _turn(cursor: Any, stage: Stage, plan: plans.Plan, values: dict[str, Any]) -> tuple[int, int, int]:
    """Change, reopen or return the cases whose lines say something new."""
    names = {"staged": stage.table, "turned": stage.turned}
    with _joins(cursor, nestloop=True):
        cursor.execute(_LOCK_TURNING.format(**names), values)
        cursor.execute(_TURNED.format(**names, route=plan.route), values)
    with _joins(cursor, nestloop=False):
        cursor.execute(_KEEP_TURNED.format(**names), values)
    with _joins(cursor, nestloop=True):
        cursor.execute(_REOPENINGS.format(**names), values)
        cursor.execute(_RELEASE_NO_MORE.format(**names), values)
        cursor.execute(_TURN_CASES.format(**names), values)
        cursor.execute(_COUNT_TURNED.format(**names), values)
        reopened, returned, changed = cursor.fetchone()
    return reopened, returned, changed


@contextmanager
def _joins(cursor: Any, *, nestloop: bool) -> Iterator[None]:
    """Join by index row by row (``nestloop``), or by hashing, and in no other way, while the block runs."""
    off = ("hashjoin", "mergejoin") if nestloop else ("nestloop", "mergejoin")
    cursor.execute("; ".join(f"SET LOCAL enable_{method} = off" for method in off))
    yield
    cursor.execute("; ".join(f"SET LOCAL enable_{method} = DEFAULT" for method in off))


# A scalar subquery is always answered by the index, row by row; an anti-join would be the planner's to choose.
_OPEN = f"""
WITH fresh AS (
    SELECT DISTINCT ON (s.fingerprint) s.line_no, s.fingerprint, s.evidence, s.severity, s.domain, s.reasons,
           s.score, s.size, s.record_keys, {{route}} AS route
    FROM {{staged}} AS s
    WHERE (SELECT c.id FROM cases_case AS c WHERE c.kind = %(kind)s AND c.fingerprint = s.fingerprint) IS NULL
    ORDER BY s.fingerprint, s.line_no DESC
), numbered AS MATERIALIZED (
    SELECT nextval('cases_case_id_seq') AS case_id, nextval('cases_exception_id_seq') AS exception_id, fresh.*
    FROM fresh
), opened AS (
    INSERT INTO cases_case (
        id, kind, fingerprint, evidence, state, queue_id, wave_id, severity, domain, reasons, score, size,
        record_keys, priority, opened_at, due_at, opened_run_id, latest_exception_id, reopened, revision)
    SELECT case_id, %(kind)s, fingerprint, evidence, 'open', (%(queues)s::bigint[])[(%(rule_queue)s::int[])[route]],
           %(wave)s, severity, domain, reasons, score, size, record_keys,
           severity * {BASE} + (%(rule_priority)s::int[])[route], %(now)s,
           (%(due)s::timestamptz[])[((%(rule_queue)s::int[])[route] - 1) * 4 + severity], %(run)s, exception_id, 0, 1
    FROM numbered
    ON CONFLICT (kind, fingerprint) DO NOTHING
    RETURNING id, latest_exception_id
), kept AS (
    INSERT INTO cases_exception (id, case_id, run_id, evidence, digest, payload)
    SELECT n.exception_id, n.case_id, %(run)s, s.evidence, s.digest, s.payload
    FROM numbered AS n JOIN opened AS o ON o.id = n.case_id JOIN {{staged}} AS s ON s.line_no = n.line_no
), noted AS (
    INSERT INTO cases_occurrence (case_id, run_id, exception_id, file_id, line_no)
    SELECT n.case_id, %(run)s, n.exception_id, %(file)s, n.line_no
    FROM numbered AS n JOIN opened AS o ON o.id = n.case_id
)
SELECT (SELECT count(*) FROM opened), (SELECT count(*) FROM {{staged}}),
       min(id), max(id), min(latest_exception_id), max(latest_exception_id)
FROM opened
"""

# A case which this very chunk opened: at or above the first number it drew, and this line is the one that opened it.
_OPENED_BY_IT = """
    coalesce(c.id >= %(first_new)s, false) AND EXISTS (
        SELECT 1 FROM cases_occurrence AS o
        WHERE o.case_id = c.id AND o.run_id = %(run)s AND o.file_id = %(file)s AND o.line_no = s.line_no)
"""
_DISPROVED = f"""
    c.state IN ('released', 'acknowledged', 'verified') AND %(applied)s::bigint IS NOT NULL AND EXISTS (
        SELECT 1 FROM cases_decision AS d JOIN cases_feeditem AS f ON f.decision_id = d.id
        WHERE d.id = c.decision_id AND d.verdict IN {LINKING} AND f.position <= %(applied)s)
"""
_TURNING = f"(c.evidence <> s.evidence OR c.state = 'withdrawn' OR ({_DISPROVED}))"

_REMEMBER = f"""
WITH landing AS (
    SELECT s.line_no, c.id, c.latest_exception_id, coalesce(c.id >= %(first_new)s, false)
           AND c.opened_run_id = %(run)s AS doubled, {_TURNING} AS turning
    FROM {{staged}} AS s JOIN cases_case AS c ON c.kind = %(kind)s AND c.fingerprint = s.fingerprint
    WHERE NOT ({_OPENED_BY_IT})
), noted AS (
    INSERT INTO cases_occurrence (case_id, run_id, exception_id, file_id, line_no)
    SELECT id, %(run)s, latest_exception_id, %(file)s, line_no FROM landing WHERE NOT turning
)
SELECT count(*), count(*) FILTER (WHERE doubled), count(*) FILTER (WHERE turning) FROM landing
"""

_LOCK_TURNING = f"""
SELECT count(*) FROM (
    SELECT c.id FROM {{staged}} AS s JOIN cases_case AS c ON c.kind = %(kind)s AND c.fingerprint = s.fingerprint
    WHERE {_TURNING} ORDER BY c.id FOR UPDATE OF c
) AS locked
"""

# Whether the case stands in a queue that routing sends to. One that people handed on stays where they sent it.
_ROUTED = "c.queue_id IN (SELECT (%(queues)s::bigint[])[place] FROM unnest(%(rule_queue)s::int[]) AS place)"

# Of several lines about one problem the last one turns the case; the others are kept as what they are.
_TURNED = f"""
INSERT INTO {{turned}} (
    line_no, case_id, exception_id, fresh, turn, queue_id, evidence, severity, domain, reasons, score, size)
SELECT s.line_no, c.id,
       CASE WHEN c.evidence <> s.evidence THEN nextval('cases_exception_id_seq') ELSE c.latest_exception_id END,
       c.evidence <> s.evidence,
       CASE WHEN NOT s.last THEN 'aside'
            WHEN c.state = 'withdrawn' THEN 'returned'
            WHEN c.state IN {SETTLED} AND c.evidence <> s.evidence THEN 'evidence_changed'
            WHEN c.state IN {SETTLED} THEN 'applied_but_reported'
            ELSE 'changed' END,
       CASE WHEN (c.state = 'withdrawn' OR c.state IN {SETTLED}) AND {_ROUTED}
            THEN (%(queues)s::bigint[])[(%(rule_queue)s::int[])[{{route}}]] ELSE c.queue_id END,
       s.evidence, s.severity, s.domain, s.reasons, s.score, s.size
FROM (SELECT *, row_number() OVER (PARTITION BY fingerprint ORDER BY line_no DESC) = 1 AS last FROM {{staged}}) AS s
JOIN cases_case AS c ON c.kind = %(kind)s AND c.fingerprint = s.fingerprint
WHERE {_TURNING} AND NOT ({_OPENED_BY_IT})
"""

_KEEP_TURNED = """
WITH kept AS (
    INSERT INTO cases_exception (id, case_id, run_id, evidence, digest, payload)
    SELECT t.exception_id, t.case_id, %(run)s, s.evidence, s.digest, s.payload
    FROM {turned} AS t JOIN {staged} AS s ON s.line_no = t.line_no WHERE t.fresh
)
INSERT INTO cases_occurrence (case_id, run_id, exception_id, file_id, line_no)
SELECT case_id, %(run)s, exception_id, %(file)s, line_no FROM {turned}
"""

_REOPENINGS = """
INSERT INTO cases_reopening (case_id, run_id, decision_id, before_exception_id, after_exception_id, cause, at)
SELECT c.id, %(run)s, c.decision_id, c.latest_exception_id, t.exception_id, t.turn, %(now)s
FROM {turned} AS t JOIN cases_case AS c ON c.id = t.case_id
WHERE t.turn IN ('evidence_changed', 'applied_but_reported')
"""

# A decision that was not released yet must not be: it answered other evidence.
_RELEASE_NO_MORE = """
DELETE FROM cases_releasedue AS r USING cases_case AS c, {turned} AS t
WHERE t.turn = 'evidence_changed' AND c.id = t.case_id AND c.state = 'decided' AND r.decision_id = c.decision_id
"""

_TURN_CASES = f"""
UPDATE cases_case AS c
SET queue_id = t.queue_id, evidence = t.evidence, latest_exception_id = t.exception_id, domain = t.domain,
    reasons = t.reasons, score = t.score, size = t.size, severity = t.severity,
    priority = c.priority + (t.severity - c.severity) * {BASE}, revision = c.revision + 1,
    state = CASE WHEN t.turn = 'changed' THEN c.state ELSE 'open' END,
    decision_id = CASE WHEN t.turn = 'changed' THEN c.decision_id END, verified_run_id = NULL,
    reopened = c.reopened + (t.turn IN ('evidence_changed', 'applied_but_reported'))::int,
    opened_run_id = CASE WHEN t.turn = 'returned' THEN %(run)s ELSE c.opened_run_id END,
    due_at = CASE WHEN t.turn = 'changed' THEN c.due_at ELSE coalesce(
        (%(due)s::timestamptz[])[(array_position(%(queues)s::bigint[], t.queue_id) - 1) * 4 + t.severity], c.due_at) END
FROM {{turned}} AS t WHERE t.case_id = c.id AND t.turn <> 'aside'
"""

_COUNT_TURNED = """
SELECT count(*) FILTER (WHERE turn IN ('evidence_changed', 'applied_but_reported')),
       count(*) FILTER (WHERE turn = 'returned'), count(*) FILTER (WHERE turn = 'changed')
FROM {turned}
"""
