"""The runs that a run continues: whether they are there, and up to which offsets they read. For the check of a run."""

from __future__ import annotations

from typing import Final

from django.db import connection

from triage.intake.checks import Chain
from triage.runs.models import Run, RunState

_UNSENT: Final = "has not been sent by this source"
_WHY: Final = {
    RunState.RECALLED: "has been recalled",
    RunState.QUARANTINED: "is quarantined",
    RunState.FAILED: "has failed",
}


def before(run: Run, name: str | None) -> tuple[Run | None, Chain]:
    """The run of that name that ``run`` continues, and what is known of it and of the runs that it continues in turn.

    A run continues one of its source that was loaded, sent before it and started no later; no run of its chain may
    have been recalled.
    """
    if name is None:
        return None, Chain()
    found = Run.objects.filter(source_id=run.source_id, run_id=name).only("state", "started_at").first()
    if found is None:
        return None, Chain(_UNSENT)
    if fault := _fault(run, found):
        return None, Chain(fault)
    with connection.cursor() as cursor:
        cursor.execute(_RECALLED, {"run": found.pk})
        if recalled := cursor.fetchone():
            return None, Chain(f"rests on the run “{recalled[0]}”, which has been recalled")
        cursor.execute(_ENDS, {"run": found.pk})
        return found, Chain(ends={(interface, topic): end for interface, topic, end in cursor.fetchall()})


def _fault(run: Run, found: Run) -> str:
    if found.pk == run.pk:
        return "is this run itself"
    if found.pk > run.pk:
        return "was sent after it"
    if found.started_at > run.started_at:
        return "started after it"
    return "" if found.state == RunState.LOADED else _WHY.get(RunState(found.state), "is not loaded")


_UP: Final = """
WITH RECURSIVE up AS (
    SELECT id, run_id, continues_id, state FROM runs_run WHERE id = %(run)s
    UNION
    SELECT r.id, r.run_id, r.continues_id, r.state FROM up JOIN runs_run AS r ON r.id = up.continues_id
)
"""
_RECALLED: Final = f"{_UP} SELECT run_id FROM up WHERE state = 'recalled' ORDER BY id DESC LIMIT 1"
# Of every loaded run of the chain, and of what else continues it: two deltas of one topic must follow each other.
_ENDS: Final = f"""
{_UP}, tree AS (
    SELECT id FROM up WHERE continues_id IS NULL
    UNION
    SELECT r.id FROM tree JOIN runs_run AS r ON r.continues_id = tree.id
)
SELECT DISTINCT ON (told.interface, told.topic) told.interface, told.topic, told."to"
FROM tree JOIN runs_run AS r ON r.id = tree.id AND r.state = 'loaded'
CROSS JOIN LATERAL jsonb_to_recordset(coalesce(r.manifest -> 'offsets', '[]'))
     AS told (interface text, topic text, "to" bigint)
ORDER BY told.interface, told.topic, r.id DESC
"""
