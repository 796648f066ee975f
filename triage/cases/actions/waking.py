"""Deferred cases open again: on their date, or once the first of their waves has cut over.

In bounded batches by index, a transaction each, so that fifty thousand cases of one wave block no reviewer. What one
sweep leaves, or a worker that dies, the next one does.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.db import connection
from django.db.models import F

from console import fact_changes
from console.audit import log
from console.people.models import User
from console.waves import locks as wave_locks
from triage.cases.causes import CaseCause
from triage.cases.models import Case, State
from triage.queues import plans, sla

BATCH: Final = 500


def wake_on_date(now: dt.datetime, *, limit: int = BATCH) -> list[int]:
    """Open deferred cases whose date has come, in the caller's transaction; returns their numbers."""
    waking = Case.objects.select_for_update(skip_locked=True).filter(state=State.DEFERRED, wake_at__lte=now)
    found = list(waking.order_by("wake_at").values_list("pk", flat=True)[:limit])
    if found:
        Case.objects.filter(pk__in=found).update(state=State.OPEN, wake_at=None, decision=None)
    return found


def wake_after_cutover(*, by: User, now: dt.datetime, limit: int = BATCH) -> int:
    """Open cases that were deferred past a cutover which has taken place, due by the SLA from now; returns how many.

    Cases that another transaction holds are passed over, and found again.
    """
    with connection.cursor() as cursor:
        cursor.execute(_WAITED, {"limit": limit})
        waited = [number for (number,) in cursor.fetchall()]
    if not waited:
        return 0
    with log.transaction(by=by, purpose="tend"):
        concerned = {wave for case in Case.objects.filter(pk__in=waited) for wave in case.waves}
        wave_locks.lock_shared(sorted(concerned))
        found = Case.objects.select_for_update(skip_locked=True).filter(pk__in=waited, past_cutover=True).order_by("pk")
        waking = [case for case in found if set(case.waves) <= concerned]
        if waking:
            _open(waking, now)
            facts = {"woken": [case.ref for case in waking]}
            log.record("queue.cutover_woken", subject=waking[0], by=by, facts=facts)
            waves = {wave for case in waking for wave in case.waves}
            fact_changes.publish(CaseCause.WOKEN, waves=waves, by=by, about=waking[0].ref)
    return len(waking)


def _open(cases: list[Case], now: dt.datetime) -> None:
    """Open locked cases; each is due by the policy of its queue and severity, from now."""
    policies = plans.policies()
    for queue, severity in sorted({(case.queue_id, case.severity) for case in cases}):
        of = [case.pk for case in cases if (case.queue_id, case.severity) == (queue, severity)]
        Case.objects.filter(pk__in=of).update(
            state=State.OPEN,
            past_cutover=False,
            decision=None,
            due_at=sla.due_for(policies, queue, severity, now),
            revision=F("revision") + 1,
        )


# A few from each wave that has cut over, by index: there are none once they have woken.
_WAITED: Final = """
SELECT found.id FROM waves_wave AS w CROSS JOIN LATERAL (
    (SELECT c.id FROM cases_case AS c WHERE c.past_cutover AND c.wave_id = w.id ORDER BY c.id LIMIT %(limit)s)
    UNION
    (SELECT c.id FROM cases_case AS c
     WHERE c.past_cutover AND c.further_waves IS NOT NULL AND c.further_waves @> ARRAY[w.id]
     ORDER BY c.id LIMIT %(limit)s)
) AS found
WHERE w.cut_over_at IS NOT NULL LIMIT %(limit)s
"""
