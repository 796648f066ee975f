"""The SQL by which a staged chunk lands on cases; ``arrivals`` runs it and says in which order.

Placeholders in single braces are names of tables and the routing plan, filled in by ``format``; values are parameters.
"""

from __future__ import annotations

from triage.cases.models import State
from triage.queues.models import Severity
from triage.queues.routing import BASE, HANDED_ON

SETTLED = State.sql(State.SETTLED)
#: Why a line reopens a settled case; kept as the cause of the reopening.
CAUSES = "('evidence_changed', 'applied_but_reported', 'reported_again')"


# A scalar subquery is always answered by the index, row by row; an anti-join would be the planner's to choose. It asks
# for a column of that index, so that the row itself is not read.
OPEN = f"""
WITH fresh AS (
    SELECT DISTINCT ON (s.fingerprint) s.line_no, s.fingerprint, s.evidence, s.report, s.severity, s.domain, s.reasons,
           s.score, s.size, s.record_keys, s.facilities, {{route}} AS route
    FROM {{staged}} AS s
    WHERE (SELECT c.kind FROM cases_case AS c WHERE c.kind = %(kind)s AND c.fingerprint = s.fingerprint) IS NULL
    ORDER BY s.fingerprint, (s.member IS NULL) DESC, s.line_no DESC
), numbered AS MATERIALIZED (
    SELECT nextval('cases_case_id_seq') AS case_id, nextval('cases_exception_id_seq') AS exception_id, fresh.*
    FROM fresh
), opened AS (
    INSERT INTO cases_case (
        id, kind, fingerprint, evidence, report, state, queue_id, wave_id, severity, domain, reasons, score, size,
        record_keys, facilities, priority, opened_at, due_at, opened_run_id, latest_exception_id, reopened, revision)
    SELECT case_id, %(kind)s, fingerprint, evidence, report, 'open',
           (%(queues)s::bigint[])[(%(rule_queue)s::int[])[route]], %(wave)s, severity, domain, reasons, score, size,
           record_keys, facilities, severity * {BASE} + (%(rule_priority)s::int[])[route], %(now)s,
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
# Whether the feed gave the decision to the run's source: an earlier run of it had reported the case before it had read
# as far as the decision. A source that reports a case for the first time has applied no decision on it. Asked of the
# few lines alone that all else would reopen, and answered by the index of occurrences.
_GIVEN = """
    (SELECT o.id FROM cases_occurrence AS o
     WHERE o.case_id = c.id AND o.run_id <> %(run)s
       AND (SELECT r.source_id = %(source)s AND coalesce(r.decisions_applied, 0) < f.position
            FROM runs_run AS r WHERE r.id = o.run_id)
     LIMIT 1) IS NOT NULL
"""
# Both conditions are constants to the planner where the kind has no such verdict or the run applied nothing.
_DISPROVED = f"""
    %(applied)s::bigint IS NOT NULL AND cardinality(%(disprovable)s::text[]) > 0
    AND c.state IN {State.sql(State.IN_FEED)} AND EXISTS (
        SELECT 1 FROM cases_decision AS d JOIN cases_feeditem AS f ON f.decision_id = d.id
        WHERE d.id = c.decision_id AND d.verdict = ANY(%(disprovable)s::text[]) AND f.position <= %(applied)s
          AND {_GIVEN})
"""
_FORGOTTEN = f"""
    cardinality(%(forgotten)s::text[]) > 0 AND c.state IN {SETTLED} AND EXISTS (
        SELECT 1 FROM cases_decision AS d
        WHERE d.id = c.decision_id AND d.verdict = ANY(%(forgotten)s::text[]) AND d.decided_at < %(started)s)
"""
_CHANGED = "(c.evidence <> s.evidence AND s.member IS NULL)"
# Severity, reasons, weights or thresholds: all that is not evidence. An empty report differs from every other.
_REPORTED = "(c.report IS DISTINCT FROM s.report AND s.member IS NULL)"
_TURNING = (
    f"({_CHANGED} OR {_REPORTED} OR c.state = 'withdrawn' OR (s.member IS NULL AND (({_DISPROVED}) OR ({_FORGOTTEN}))))"
)

# Whether the case is reported in this wave for the first time.
_JOINS = "(c.wave_id <> %(wave)s AND NOT coalesce(%(wave)s = ANY(c.further_waves), false))"

REMEMBER = f"""
WITH landing AS (
    SELECT s.line_no, c.id, c.latest_exception_id, coalesce(c.id >= %(first_new)s, false)
           AND c.opened_run_id = %(run)s AS doubled, {_TURNING} AS turning, {_JOINS} AS joins,
           s.member IS NULL AS alone, EXISTS (
               SELECT 1 FROM cases_occurrence AS o WHERE o.case_id = c.id AND o.run_id = %(run)s) AS again
    FROM {{staged}} AS s JOIN cases_case AS c ON c.kind = %(kind)s AND c.fingerprint = s.fingerprint
    WHERE NOT ({_OPENED_BY_IT})
), noted AS (
    INSERT INTO cases_occurrence (case_id, run_id, exception_id, file_id, line_no)
    SELECT id, %(run)s, latest_exception_id, %(file)s, line_no FROM landing WHERE NOT turning
)
SELECT count(*), count(*) FILTER (WHERE doubled), count(*) FILTER (WHERE turning), count(*) FILTER (WHERE joins),
       count(*) FILTER (WHERE alone) - count(DISTINCT id) FILTER (WHERE alone AND NOT again)
FROM landing
"""

# A withdrawn case returns to this wave alone.
JOIN_WAVE = f"""
UPDATE cases_case AS c
SET further_waves = ARRAY(SELECT w FROM unnest(c.further_waves || %(wave)s::bigint) AS further (w) ORDER BY w)
WHERE c.kind = %(kind)s AND c.fingerprint IN (SELECT fingerprint FROM {{staged}}) AND {_JOINS}
  AND c.state <> 'withdrawn'
"""

# All that the chunk changes, at once and by ascending id, so that two chunks never wait for each other.
LOCK_TURNING = f"""
SELECT count(*) FROM (
    SELECT c.id FROM {{staged}} AS s JOIN cases_case AS c ON c.kind = %(kind)s AND c.fingerprint = s.fingerprint
    WHERE {_TURNING} OR {_JOINS} ORDER BY c.id FOR UPDATE OF c
) AS locked
"""

# Whether routing placed the case where it is. One that people transferred stays where they sent it, and is never less
# severe than they said.
_ROUTED = f"""
    (c.queue_id IN (SELECT (%(queues)s::bigint[])[place] FROM unnest(%(rule_queue)s::int[]) AS place)
     AND c.priority %% {BASE} <> {HANDED_ON} AND NOT EXISTS (
        SELECT 1 FROM cases_decision AS d
        WHERE d.case_id = c.id AND (d.details ->> 'escalated_to')::bigint = c.queue_id))
"""
_TURN = f"""
    CASE WHEN NOT s.last THEN 'aside'
         WHEN c.state = 'withdrawn' THEN 'returned'
         WHEN c.state IN {SETTLED} AND {_CHANGED} THEN 'evidence_changed'
         WHEN c.state IN {SETTLED} AND ({_DISPROVED}) THEN 'applied_but_reported'
         WHEN c.state IN {SETTLED} AND ({_FORGOTTEN}) THEN 'reported_again'
         WHEN c.state IN {SETTLED} THEN 'noted'
         ELSE 'changed' END
"""
# A paused case is offered to no reviewer and its due time does not run: neither is right for one that became critical.
_WAKES = f"(m.was IN {State.sql(State.PAUSED)} AND m.severity = {Severity.CRITICAL} AND m.was_severity < m.severity)"
# Nor is it for one that a single person deferred past the cutover as less than high: another must agree to that now.
_WAKES = f"({_WAKES} OR (m.past_cutover AND m.severity >= {Severity.HIGH} AND m.was_severity < {Severity.HIGH}))"
_DUE = "(%(due)s::timestamptz[])[(array_position(%(queues)s::bigint[], m.queue) - 1) * 4 + m.severity]"

# Of several lines about one problem the last one turns the case, and no line of a member when there is another; the
# others are kept as what they are.
TURNED = f"""
INSERT INTO {{turned}} (
    line_no, case_id, exception_id, fresh, turn, state, queue_id, evidence, report, severity, priority, due_at, domain,
    reasons, score, size, facilities)
SELECT m.line_no, m.case_id, CASE WHEN m.fresh THEN nextval('cases_exception_id_seq') ELSE m.latest_exception_id END,
       m.fresh, m.turn,
       CASE WHEN m.turn IN ('aside', 'noted') OR (m.turn = 'changed' AND NOT {_WAKES}) THEN m.was ELSE 'open' END,
       m.queue, m.evidence, m.report, m.severity, m.severity * {BASE} + m.lift,
       CASE WHEN m.turn IN ('aside', 'noted') OR (m.queue = m.was_queue AND m.severity = m.was_severity
                                                  AND m.turn = 'changed') THEN m.due_at
            WHEN m.turn = 'changed' THEN least(m.due_at, {_DUE})
            ELSE coalesce({_DUE}, m.due_at) END,
       m.domain, m.reasons, m.score, m.size, m.facilities
FROM (
    SELECT s.line_no, c.id AS case_id, c.latest_exception_id, {_CHANGED} OR {_REPORTED} AS fresh, {_TURN} AS turn,
           c.state AS was, c.severity AS was_severity, c.queue_id AS was_queue, c.due_at, c.past_cutover,
           CASE WHEN s.member IS NULL THEN s.evidence ELSE c.evidence END AS evidence,
           CASE WHEN s.member IS NULL THEN s.report ELSE c.report END AS report,
           CASE WHEN r.routed THEN s.severity ELSE greatest(s.severity, c.severity) END AS severity,
           CASE WHEN r.routed AND {_TURN} <> 'noted'
                THEN (%(queues)s::bigint[])[(%(rule_queue)s::int[])[{{route}}]] ELSE c.queue_id END AS queue,
           CASE WHEN r.routed AND c.priority %% {BASE} < {HANDED_ON}
                THEN (%(rule_priority)s::int[])[{{route}}] ELSE c.priority %% {BASE} END AS lift,
           s.domain, s.reasons, s.score, s.size, s.facilities
    FROM (
        SELECT *,
               row_number() OVER (PARTITION BY fingerprint ORDER BY (member IS NULL) DESC, line_no DESC) = 1 AS last
        FROM {{staged}}
    ) AS s
    JOIN cases_case AS c ON c.kind = %(kind)s AND c.fingerprint = s.fingerprint
    CROSS JOIN LATERAL (SELECT {_ROUTED} AS routed OFFSET 0) AS r
    WHERE {_TURNING} AND NOT ({_OPENED_BY_IT})
) AS m
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

# What was reported differently, and what moved: read before the cases are turned.
REPORTED = """
INSERT INTO cases_reportedchange (
    case_id, run_id, at, turn, revision, before_exception_id, after_exception_id, state_before, state_after,
    severity_before, severity_after, queue_before_id, queue_after_id, due_before, due_after)
SELECT c.id, %(run)s, %(now)s, t.turn, c.revision, c.latest_exception_id, t.exception_id, c.state, t.state,
       c.severity, t.severity, c.queue_id, t.queue_id, c.due_at, t.due_at
FROM {turned} AS t JOIN cases_case AS c ON c.id = t.case_id WHERE t.turn <> 'aside'
"""

REOPENINGS = f"""
INSERT INTO cases_reopening (case_id, run_id, decision_id, before_exception_id, after_exception_id, cause, at)
SELECT c.id, %(run)s, c.decision_id, coalesce(d.seen_exception_id, c.latest_exception_id), t.exception_id, t.turn,
       %(now)s
FROM {{turned}} AS t JOIN cases_case AS c ON c.id = t.case_id LEFT JOIN cases_decision AS d ON d.id = c.decision_id
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
SET queue_id = t.queue_id, evidence = t.evidence, report = t.report, latest_exception_id = t.exception_id,
    domain = t.domain, reasons = t.reasons, score = t.score, size = t.size, facilities = t.facilities,
    severity = t.severity, priority = t.priority, due_at = t.due_at, state = t.state, revision = c.revision + 1,
    wake_at = CASE WHEN t.state = 'deferred' THEN c.wake_at END, past_cutover = c.past_cutover AND t.state = 'deferred',
    proposal_id = CASE WHEN t.turn <> 'changed' THEN NULL
                       WHEN c.past_cutover AND t.state = 'open' THEN c.decision_id ELSE c.proposal_id END,
    decision_id = CASE WHEN t.turn = 'changed' AND t.state = c.state THEN c.decision_id END, verified_run_id = NULL,
    reopened = c.reopened + (t.turn IN {CAUSES})::int,
    opened_run_id = CASE WHEN t.turn = 'returned' THEN %(run)s ELSE c.opened_run_id END,
    wave_id = CASE WHEN t.turn = 'returned' THEN %(wave)s ELSE c.wave_id END,
    further_waves = CASE WHEN t.turn = 'returned' THEN NULL ELSE c.further_waves END
FROM {{turned}} AS t WHERE t.case_id = c.id AND t.turn NOT IN ('aside', 'noted')
"""

# A decision that stands is moved by nothing that is only reported; it is shown beside it, and applies on reopening.
NOTE_CASES = """
UPDATE cases_case AS c SET report = t.report, latest_exception_id = t.exception_id
FROM {turned} AS t WHERE t.case_id = c.id AND t.turn = 'noted'
"""

# Claims on cases that were changed: they may stand in a queue now that their holders do not work.
CLAIMED_TURNED = """
SELECT t.case_id FROM {turned} AS t JOIN cases_claim AS l ON l.case_id = t.case_id
WHERE t.turn = 'changed' AND t.state = 'claimed' ORDER BY t.case_id
"""

COUNT_TURNED = f"""
SELECT count(*) FILTER (WHERE turn IN {CAUSES}),
       count(*) FILTER (WHERE turn = 'returned'), count(*) FILTER (WHERE turn = 'changed')
FROM {{turned}}
"""

REOPENED = f"SELECT case_id FROM {{turned}} WHERE turn IN {CAUSES} ORDER BY case_id"

# By case and evidence, so that two chunks which bring the same members wait for each other and do not dead-lock.
KEEP_MEMBERS = """
INSERT INTO cases_member (case_id, run_id, file_id, line_no, evidence, digest, payload)
SELECT c.id, %(run)s, %(file)s, s.line_no, s.member, s.digest, s.payload
FROM {staged} AS s JOIN cases_case AS c ON c.kind = %(kind)s AND c.fingerprint = s.fingerprint
WHERE s.member IS NOT NULL ORDER BY c.id, s.member, s.line_no
ON CONFLICT (case_id, evidence) DO NOTHING
"""

# The waves in which turned cases count, before they are turned: their facts change. What is noted changes none.
WAVES_TURNED = """
SELECT DISTINCT w FROM {turned} AS t JOIN cases_case AS c ON c.id = t.case_id,
    unnest(c.wave_id || c.further_waves) AS counted (w)
WHERE t.turn NOT IN ('aside', 'noted')
"""

# Cases of the version before, of which no run has reported anything since: their evidence was named otherwise.
ANY_UNREAD = "SELECT EXISTS (SELECT 1 FROM cases_case WHERE kind = %(kind)s AND report IS NULL)"
UNREAD = """
SELECT c.id, e.payload
FROM cases_case AS c JOIN cases_exception AS e ON e.id = c.latest_exception_id
WHERE c.kind = %(kind)s AND c.report IS NULL AND c.fingerprint IN (SELECT fingerprint FROM {staged})
ORDER BY c.id LIMIT {most} FOR UPDATE OF c
"""
READ = """
UPDATE cases_case AS c SET evidence = read.evidence, report = read.report
FROM unnest(%s::bigint[], %s::uuid[], %s::uuid[]) AS read (id, evidence, report) WHERE c.id = read.id
"""
