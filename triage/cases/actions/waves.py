"""In which waves cases count, when a run that reported them is recalled. Works inside the caller's transaction."""

from __future__ import annotations

from django.db import connection

from triage.runs.models import Run


def leave(run: Run) -> int:
    """Take a recalled run's wave from the cases that no other run reported there; returns how many.

    A case whose own wave that was goes on in the first of the others. One that only this run reported stays where it
    was: it is withdrawn, or settled.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LEAVE, {"run": run.pk, "wave": run.wave_id})
        return int(cursor.rowcount)


# From the index of the cases that count in several waves: few, however many the run reported.
_LEAVE = """
WITH leaving AS MATERIALIZED (
    SELECT c.id, array_remove(c.wave_id || c.further_waves, %(wave)s::bigint) AS waves
    FROM cases_case AS c
    WHERE c.further_waves IS NOT NULL AND (c.wave_id = %(wave)s OR %(wave)s = ANY(c.further_waves))
      AND EXISTS (SELECT 1 FROM cases_occurrence AS o WHERE o.case_id = c.id AND o.run_id = %(run)s)
      AND NOT EXISTS (
        SELECT 1 FROM cases_occurrence AS o JOIN runs_run AS r ON r.id = o.run_id
        WHERE o.case_id = c.id AND o.run_id <> %(run)s AND r.wave_id = %(wave)s AND r.state <> 'recalled')
    ORDER BY c.id FOR UPDATE OF c
)
UPDATE cases_case AS c
SET wave_id = leaving.waves[1],
    further_waves = CASE WHEN cardinality(leaving.waves) > 1 THEN leaving.waves[2:] END
FROM leaving WHERE leaving.id = c.id
"""
