"""Why facts of rollback change."""

from __future__ import annotations

from console.fact_changes import Cause


class RollbackCause(Cause):
    """Plans, rehearsals and alarms."""

    PLAN_WRITTEN = "rollback_plan_written"
    REHEARSED = "rollback_rehearsed"
    ALARM_ANSWERED = "alarm_answered"
