"""What a whole run proves by silence: decisions that it had applied, about records that it examined.

``prove`` at the end of a run's intake, inside its transaction; ``reservations`` says what it cannot prove and why. The
rules are those of ``docs/decisions/0018-examined-populations.md``.
"""

from __future__ import annotations

import json
from typing import Any

from django.db import connection
from django.db.models import Sum

from console.ui.text import plural
from triage.cases import kinds
from triage.cases.kinds import AnyKind
from triage.cases.models import State, Why
from triage.runs import examined
from triage.runs.examined import POPULATION, Examined
from triage.runs.models import ExaminedRecord, Run


def prove(run: Run) -> int:
    """Verify cases whose applied decision this run proves right: it examined their records and reports them no longer.

    Returns how many. A run proves only verdicts that are ``proven_by_silence``, of kinds it carried a file of and whose
    every line could be read, of cases that a run of its source has reported. Of each case whose records it did not all
    examine it keeps which, and why. Decisions that it disproves were reopened when their lines landed.

    A run proves a decision for its source. A case that several sources reported in its wave is verified by the run of
    the last one of them, each of which must have proved the decision after its own last report.
    """
    whole = [kind for kind, _, rejected in _carried(run) if kind.provable and not rejected]
    said = _statement(run)
    if run.decisions_applied is None or not whole or said is None or _reservation(run, said):
        return 0
    values: dict[str, Any] = {
        "run": run.pk,
        "source": run.source_id,
        "wave": run.wave_id,
        "applied": run.decisions_applied,
        "kinds": [kind.code for kind in whole],
        "provable": json.dumps({kind.code: kind.provable for kind in whole}),
        "places": json.dumps({kind.code: kind.records_at for kind in whole}),
        "systems": list(said.systems),
        "complete": said.complete,
        "listed": said.listed,
    }
    with connection.cursor() as cursor:
        _weigh(cursor, values)
        cursor.execute(_VERIFY, values)
        return int(cursor.rowcount)


def reservations(run: Run) -> list[str]:
    """Sentences on what a run that had applied decisions cannot prove."""
    if run.decisions_applied is None:
        return []
    if of_all := _reservation(run, _statement(run)):
        return [of_all]
    return [
        f"{plural(rejected, 'line')} of {files} {'was' if rejected == 1 else 'were'} rejected. A line that could not "
        f"be read may be about a decided case, so this run proves nothing about {files} by silence."
        for _, files, rejected in _carried(run)
        if rejected
    ]


def forget(run: Run) -> None:
    """Let go of the list of records that the run examined: it has ended."""
    ExaminedRecord.objects.filter(run=run).delete()


def _statement(run: Run) -> Examined | None:
    return examined.statement(run.manifest, listed=run.files.filter(kind=POPULATION).exists())


def _reservation(run: Run, said: Examined | None) -> str:
    rejected = run.files.filter(kind=POPULATION).aggregate(n=Sum("rejected"))["n"] or 0
    return examined.reservation(said, purpose=run.purpose, rejected=rejected)


def _carried(run: Run) -> list[tuple[AnyKind, str, int]]:
    """The kinds of case that the run carried files of, what these are called, and how many lines were rejected."""
    counts = run.files.values_list("kind").annotate(Sum("rejected")).order_by("kind")
    return [(kind, files, rejected) for files, rejected in counts if (kind := kinds.by_file_kind(files))]


def _weigh(cursor: Any, values: dict[str, Any]) -> None:
    """Keep what the run found of each case that it could prove.

    Everything about one case is a scalar subquery, answered by an index; what is left to join are sets, by hashing: the
    planner has no statistics of a population that was copied a moment ago.
    """
    cursor.execute("SET LOCAL work_mem = '32MB'; SET LOCAL enable_nestloop = off; SET LOCAL enable_mergejoin = off")
    cursor.execute(_WEIGH, values)
    cursor.execute("SET LOCAL enable_nestloop = DEFAULT; SET LOCAL enable_mergejoin = DEFAULT")


_KEY = r"""('x' || encode(substring(sha256(convert_to(
    (named.record ->> 'system') || E'\x1f' || (named.record ->> 'id'), 'UTF8')) FOR 8), 'hex'))::bit(64)::bigint"""

# The system of each record of a case, by its key: as its latest line names them, or the run that replaced one.
_SYSTEMS = f"""
    SELECT jsonb_object_agg(known.key, known.system) FROM (
        SELECT {_KEY} AS key, named.record ->> 'system' AS system
        FROM (
            SELECT json_array_elements(e.payload::json -> (%(places)s::json ->> c.kind)) AS record
            FROM cases_exception AS e WHERE e.id = c.latest_exception_id OFFSET 0
        ) AS named
        UNION ALL
        SELECT (told ->> 1)::bigint, told ->> 2
        FROM (
            SELECT jsonb_array_elements(r.records) AS told FROM cases_replacement AS r
            WHERE r.case_id = c.id AND r.followed
        ) AS replaced
    ) AS known
"""

_WEIGH = f"""
WITH candidate AS MATERIALIZED (
    SELECT c.id, c.decision_id, c.record_keys, %(places)s::json ->> c.kind = '' AS nameless,
           CASE WHEN %(complete)s THEN ({_SYSTEMS}) END AS systems,
           ARRAY(SELECT (jsonb_array_elements(r.records) ->> r.followed::int)::bigint FROM cases_replacement AS r
                 WHERE r.case_id = c.id AND r.run_id = %(run)s) AS replaced
    FROM cases_case AS c
    WHERE c.queue_id = ANY(ARRAY(SELECT id FROM cases_queue))
      AND c.state IN {State.sql((State.RELEASED, State.ACKNOWLEDGED))}
      AND c.wave_id = %(wave)s AND c.kind = ANY(%(kinds)s)
      AND %(provable)s::jsonb -> c.kind ? (SELECT d.verdict FROM cases_decision AS d WHERE d.id = c.decision_id)
      AND (SELECT f.position FROM cases_feeditem AS f WHERE f.decision_id = c.decision_id) <= %(applied)s
      AND (SELECT o.id FROM cases_occurrence AS o WHERE o.case_id = c.id AND o.run_id = %(run)s LIMIT 1) IS NULL
      AND (SELECT o.id FROM cases_occurrence AS o WHERE o.case_id = c.id AND o.run_id = ANY(ARRAY(
               SELECT r.id FROM runs_run AS r WHERE r.source_id = %(source)s)) LIMIT 1) IS NOT NULL
), record AS MATERIALIZED (
    SELECT id, decision_id, replaced, nameless, systems,
           unnest(CASE WHEN cardinality(record_keys) = 0 THEN ARRAY[NULL::bigint] ELSE record_keys END) AS key
    FROM candidate
), listed AS MATERIALIZED (
    SELECT DISTINCT e.record_key AS key FROM runs_examinedrecord AS e
    WHERE e.run_id = %(run)s AND e.record_key IN (SELECT key FROM record)
), weighed AS (
    SELECT r.id, r.decision_id, r.key, CASE
        WHEN r.key = ANY(r.replaced) THEN '{Why.REPLACED}'
        WHEN r.nameless AND %(complete)s THEN ''
        WHEN there.key IS NOT NULL THEN ''
        WHEN NOT %(complete)s OR coalesce(r.systems ->> r.key::text, '') <> ALL(%(systems)s) THEN '{Why.ABSENT}'
        WHEN %(listed)s THEN '{Why.VANISHED}'
        ELSE '' END AS cause
    FROM record AS r
    LEFT JOIN listed AS there ON there.key = r.key
), told AS (
    SELECT id, decision_id, bool_or(cause <> '{Why.ABSENT}') AS concerned,
           coalesce(array_agg(key ORDER BY key) FILTER (WHERE cause <> ''), '{{}}') AS keys,
           coalesce(array_agg(cause ORDER BY key) FILTER (WHERE cause <> ''), '{{}}') AS causes
    FROM weighed GROUP BY id, decision_id
)
INSERT INTO cases_proof AS known (case_id, run_id, decision_id, record_keys, causes, proving)
SELECT id, %(run)s, decision_id, keys, causes,
       CASE WHEN keys = '{{}}' THEN ARRAY[%(run)s::bigint] ELSE '{{}}' END
FROM told WHERE concerned
ON CONFLICT (case_id) DO UPDATE SET run_id = excluded.run_id, decision_id = excluded.decision_id,
    record_keys = excluded.record_keys, causes = excluded.causes,
    proving = excluded.proving || CASE WHEN known.decision_id = excluded.decision_id THEN ARRAY(
        SELECT p.id FROM runs_run AS p
        WHERE p.id = ANY(known.proving) AND (p.source_id <> %(source)s OR excluded.proving = '{{}}')
    ) ELSE '{{}}' END
"""

# A report in the case's wave that its source has not proved since. Of a case of one source the run itself has: it came
# after all reports. Answered by the indexes, case by case.
_OUTSTANDING = """(
    SELECT o.id FROM cases_occurrence AS o
    WHERE o.case_id = c.id AND (
        SELECT r.wave_id = c.wave_id AND r.state <> 'recalled' AND (
            SELECT s.id FROM runs_run AS s
            WHERE s.id = ANY(p.proving) AND s.source_id = r.source_id AND s.id > r.id AND s.state <> 'recalled' LIMIT 1
        ) IS NULL
        FROM runs_run AS r WHERE r.id = o.run_id)
    LIMIT 1)"""

# All at once and by ascending id, as wherever several cases are locked, to avoid deadlocks.
_VERIFY = f"""
UPDATE cases_case SET state = 'verified', verified_run_id = %(run)s
WHERE id IN (
    SELECT c.id FROM cases_proof AS p JOIN cases_case AS c ON c.id = p.case_id AND c.decision_id = p.decision_id
    WHERE p.run_id = %(run)s AND cardinality(p.record_keys) = 0
      AND c.state IN {State.sql((State.RELEASED, State.ACKNOWLEDGED))}
      AND {_OUTSTANDING} IS NULL
    ORDER BY c.id FOR UPDATE OF c
)
"""
