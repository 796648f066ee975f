"""The SQL by which a staged chunk lands on cases; ``arrivals`` runs it and says in which order.

Placeholders in single braces are names of tables and the routing plan, filled in by ``format``; values are parameters.
"""

from __future__ import annotations

from triage.cases.models import State
from triage.queues.routing import BASE

SETTLED = State.sql(State.SETTLED)
#: Why a line reopens a settled case; kept as the cause of the reopening.
CAUSES = "('evidence_changed', 'applied_but_reported', 'reported_again')"


# A scalar subquery is always answered by the index, row by row; an anti-join would be the planner's to choose.
OPEN = f"""
WITH fresh AS (
    SELECT DISTINCT ON (s.fingerprint) s.line_no, s.fingerprint, s.evidence, s.severity, s.domain, s.reasons,
           s.score, s.size, s.record_keys, {{route}} AS route
    FROM {{staged}} AS s
    WHERE (SELECT c.id FROM cases_case AS c WHERE c.kind = %(kind)s AND c.fingerprint = s.fingerprint) IS NULL
    ORDER BY s.fingerprint, (s.member IS NULL) DESC, s.line_no DESC
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
# Both conditions are constants to the planner where the kind has no such verdict or the run applied nothing.
_DISPROVED = f"""
    %(applied)s::bigint IS NOT NULL AND cardinality(%(disprovable)s::text[]) > 0
    AND c.state IN {State.sql(State.IN_FEED)} AND EXISTS (
        SELECT 1 FROM cases_decision AS d JOIN cases_feeditem AS f ON f.decision_id = d.id
        WHERE d.id = c.decision_id AND d.verdict = ANY(%(disprovable)s::text[]) AND f.position <= %(applied)s)
"""
_FORGOTTEN = f"""
    cardinality(%(forgotten)s::text[]) > 0 AND c.state IN {SETTLED} AND EXISTS (
        SELECT 1 FROM cases_decision AS d
        WHERE d.id = c.decision_id AND d.verdict = ANY(%(forgotten)s::text[]) AND d.decided_at < %(started)s)
"""
_CHANGED = "(c.evidence <> s.evidence AND s.member IS NULL)"
_TURNING = f"({_CHANGED} OR c.state = 'withdrawn' OR (s.member IS NULL AND (({_DISPROVED}) OR ({_FORGOTTEN}))))"

REMEMBER = f"""
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

LOCK_TURNING = f"""
SELECT count(*) FROM (
    SELECT c.id FROM {{staged}} AS s JOIN cases_case AS c ON c.kind = %(kind)s AND c.fingerprint = s.fingerprint
    WHERE {_TURNING} ORDER BY c.id FOR UPDATE OF c
) AS locked
"""

# Whether the case stands in a queue that routing sends to. A transferred case stays where people sent it.
_ROUTED = "c.queue_id IN (SELECT (%(queues)s::bigint[])[place] FROM unnest(%(rule_queue)s::int[]) AS place)"

# Of several lines about one problem the last one turns the case, and no line of a member when there is another; the
# others are kept as what they are.
TURNED = f"""
INSERT INTO {{turned}} (
    line_no, case_id, exception_id, fresh, turn, queue_id, evidence, severity, domain, reasons, score, size)
SELECT s.line_no, c.id,
       CASE WHEN {_CHANGED} THEN nextval('cases_exception_id_seq') ELSE c.latest_exception_id END,
       {_CHANGED},
       CASE WHEN NOT s.last THEN 'aside'
            WHEN c.state = 'withdrawn' THEN 'returned'
            WHEN c.state IN {SETTLED} AND {_CHANGED} THEN 'evidence_changed'
            WHEN c.state IN {SETTLED} AND ({_DISPROVED}) THEN 'applied_but_reported'
            WHEN c.state IN {SETTLED} THEN 'reported_again'
            ELSE 'changed' END,
       CASE WHEN (c.state = 'withdrawn' OR c.state IN {SETTLED}) AND {_ROUTED}
            THEN (%(queues)s::bigint[])[(%(rule_queue)s::int[])[{{route}}]] ELSE c.queue_id END,
       CASE WHEN s.member IS NULL THEN s.evidence ELSE c.evidence END,
       s.severity, s.domain, s.reasons, s.score, s.size
FROM (
    SELECT *, row_number() OVER (PARTITION BY fingerprint ORDER BY (member IS NULL) DESC, line_no DESC) = 1 AS last
    FROM {{staged}}
) AS s
JOIN cases_case AS c ON c.kind = %(kind)s AND c.fingerprint = s.fingerprint
WHERE {_TURNING} AND NOT ({_OPENED_BY_IT})
"""

KEEP_TURNED = """
WITH kept AS (
    INSERT INTO cases_exception (id, case_id, run_id, evidence, digest, payload)
    SELECT t.exception_id, t.case_id, %(run)s, s.evidence, s.digest, s.payload
    FROM {turned} AS t JOIN {staged} AS s ON s.line_no = t.line_no WHERE t.fresh
)
INSERT INTO cases_occurrence (case_id, run_id, exception_id, file_id, line_no)
SELECT case_id, %(run)s, exception_id, %(file)s, line_no FROM {turned}
"""

REOPENINGS = f"""
INSERT INTO cases_reopening (case_id, run_id, decision_id, before_exception_id, after_exception_id, cause, at)
SELECT c.id, %(run)s, c.decision_id, c.latest_exception_id, t.exception_id, t.turn, %(now)s
FROM {{turned}} AS t JOIN cases_case AS c ON c.id = t.case_id
WHERE t.turn IN {CAUSES}
"""

# A decision that was not released yet must not be: it answered other evidence.
RELEASE_NO_MORE = """
DELETE FROM cases_releasedue AS r USING cases_case AS c, {turned} AS t
WHERE t.turn IN ('evidence_changed', 'reported_again') AND c.id = t.case_id AND c.state = 'decided'
  AND r.decision_id = c.decision_id
"""

TURN_CASES = f"""
UPDATE cases_case AS c
SET queue_id = t.queue_id, evidence = t.evidence, latest_exception_id = t.exception_id, domain = t.domain,
    reasons = t.reasons, score = t.score, size = t.size, severity = t.severity,
    priority = c.priority + (t.severity - c.severity) * {BASE}, revision = c.revision + 1,
    state = CASE WHEN t.turn = 'changed' THEN c.state ELSE 'open' END,
    decision_id = CASE WHEN t.turn = 'changed' THEN c.decision_id END, verified_run_id = NULL,
    reopened = c.reopened + (t.turn IN {CAUSES})::int,
    opened_run_id = CASE WHEN t.turn = 'returned' THEN %(run)s ELSE c.opened_run_id END,
    due_at = CASE WHEN t.turn = 'changed' THEN c.due_at ELSE coalesce(
        (%(due)s::timestamptz[])[(array_position(%(queues)s::bigint[], t.queue_id) - 1) * 4 + t.severity], c.due_at) END
FROM {{turned}} AS t WHERE t.case_id = c.id AND t.turn <> 'aside'
"""

COUNT_TURNED = f"""
SELECT count(*) FILTER (WHERE turn IN {CAUSES}),
       count(*) FILTER (WHERE turn = 'returned'), count(*) FILTER (WHERE turn = 'changed')
FROM {{turned}}
"""

# By case and evidence, so that two chunks which bring the same members wait for each other and do not dead-lock.
KEEP_MEMBERS = """
INSERT INTO cases_member (case_id, run_id, file_id, line_no, evidence, digest, payload)
SELECT c.id, %(run)s, %(file)s, s.line_no, s.member, s.digest, s.payload
FROM {staged} AS s JOIN cases_case AS c ON c.kind = %(kind)s AND c.fingerprint = s.fingerprint
WHERE s.member IS NOT NULL ORDER BY c.id, s.member, s.line_no
ON CONFLICT (case_id, evidence) DO NOTHING
"""
