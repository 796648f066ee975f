"""The SQL by which cases follow replaced records; ``following`` runs it and says in which order.

``{from}`` and ``{to}`` are ``before`` and ``after``, or the other way round when the run is recalled.
"""

from __future__ import annotations

from typing import Final

#: Cases about records that the run replaced, with the records by their earlier key: how many there are of the later
#: one, and its key, system and id.
CONCERNED: Final = """
SELECT c.id, c.kind, c.record_keys, c.fingerprint, c.evidence,
       (SELECT e.payload FROM cases_exception AS e WHERE e.id = c.latest_exception_id),
       (SELECT json_agg(json_build_array(told.before, told.many, told.after, told.system, told.record_id)
                        ORDER BY told.before)
        FROM (
            SELECT x.replaces_key AS before, count(DISTINCT x.record_key) AS many, min(x.record_key) AS after,
                   min(x.system) AS system, min(x.record_id) AS record_id
            FROM runs_examinedrecord AS x
            WHERE x.run_id = %(run)s AND x.replaces_key = ANY(c.record_keys) GROUP BY x.replaces_key
        ) AS told)
FROM cases_case AS c
WHERE c.id IN (
    SELECT n.id FROM runs_examinedrecord AS x JOIN cases_case AS n ON n.record_keys @> ARRAY[x.replaces_key]
    WHERE x.run_id = %(run)s AND x.replaces_key IS NOT NULL
)
ORDER BY c.id FOR UPDATE OF c
"""

_MOVING: Final = "m.run_id = %(run)s AND m.followed"

# A later run may have taken the case further, and two cases cannot become one.
DOUBLED: Final = f"""
UPDATE cases_replacement AS m SET followed = false
FROM cases_case AS c
WHERE {_MOVING} AND c.id = m.case_id AND (
    c.fingerprint <> m.{{from}}_fingerprint OR EXISTS (
        SELECT 1 FROM cases_replacement AS o JOIN cases_case AS d ON d.id = o.case_id
        WHERE o.run_id = m.run_id AND o.followed AND o.id <> m.id AND o.{{to}}_fingerprint = m.{{to}}_fingerprint
          AND d.kind = c.kind))
"""

# The place is taken by a case that does not move, or by one that would move and cannot.
STUCK: Final = f"""
WITH RECURSIVE moving AS (
    SELECT m.id, m.case_id, c.kind, m.{{from}}_fingerprint AS origin, m.{{to}}_fingerprint AS goal
    FROM cases_replacement AS m JOIN cases_case AS c ON c.id = m.case_id WHERE {_MOVING}
), stuck AS (
    SELECT v.id, v.kind, v.origin FROM moving AS v
    WHERE EXISTS (
        SELECT 1 FROM cases_case AS t
        WHERE t.kind = v.kind AND t.fingerprint = v.goal AND t.id <> v.case_id AND NOT EXISTS (
            SELECT 1 FROM cases_replacement AS m WHERE m.case_id = t.id AND {_MOVING}))
    UNION
    SELECT m.id, s.kind, m.{{from}}_fingerprint
    FROM stuck AS s
    JOIN cases_replacement AS m ON m.{{to}}_fingerprint = s.origin AND {_MOVING}
    JOIN cases_case AS c ON c.id = m.case_id AND c.kind = s.kind
)
UPDATE cases_replacement AS m SET followed = false FROM stuck AS s WHERE s.id = m.id
"""

# A case whose place another one takes leaves it first: the database holds one case a problem at every moment.
PARK: Final = f"""
UPDATE cases_case AS c SET fingerprint = gen_random_uuid()
FROM cases_replacement AS m
WHERE {_MOVING} AND c.id = m.case_id AND EXISTS (
    SELECT 1 FROM cases_replacement AS o
    WHERE o.run_id = m.run_id AND o.followed AND o.id <> m.id AND o.{{to}}_fingerprint = m.{{from}}_fingerprint)
"""

# New evidence that came since is left as it is. A report under the new keys is shown, as the first one that has them.
MOVE: Final = f"""
UPDATE cases_case AS c
SET fingerprint = m.{{to}}_fingerprint, record_keys = m.{{to}}_keys, revision = c.revision + 1,
    report = gen_random_uuid(),
    evidence = CASE WHEN c.evidence = m.{{from}}_evidence THEN m.{{to}}_evidence ELSE c.evidence END
FROM cases_replacement AS m WHERE {_MOVING} AND c.id = m.case_id
"""

# What a claim holds: the records that its case is about now.
LET_GO: Final = f"""
DELETE FROM cases_heldrecord AS h USING cases_replacement AS m WHERE {_MOVING} AND h.case_id = m.case_id
"""
HOLD: Final = f"""
INSERT INTO cases_heldrecord (record_key, case_id)
SELECT unnest(c.record_keys), c.id
FROM cases_replacement AS m JOIN cases_claim AS l ON l.case_id = m.case_id JOIN cases_case AS c ON c.id = m.case_id
WHERE {_MOVING} ON CONFLICT (record_key) DO NOTHING
"""

RANGE: Final = """
SELECT count(*) FILTER (WHERE followed), count(*) FILTER (WHERE NOT followed),
       coalesce(min(case_id) FILTER (WHERE followed), 0), coalesce(max(case_id) FILTER (WHERE followed), 0)
FROM cases_replacement WHERE run_id = %(run)s
"""
