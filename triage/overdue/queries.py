"""Which overdue critical cases are due for a step of their escalation, and how far each has come."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from django.db import connection

from triage.cases.models import Case, State
from triage.overdue.models import EscalationStep, Step
from triage.queues.models import Severity

#: So many steps are taken in one round.
BATCH: Final = 200


@dataclass(frozen=True, slots=True)
class Due:
    """A step that a case is to be escalated to now, the first of a case first."""

    case: int
    queue: int
    step: Step
    due_at: dt.datetime
    assignee: int | None
    holder: int | None

    @property
    def ref(self) -> str:
        """The name of the case."""
        return f"EX-{self.case}"


def due(now: dt.datetime) -> list[Due]:
    """The steps that are due and not taken, by due time: at most ``BATCH``. Read from the index of critical cases."""
    with connection.cursor() as cursor:
        cursor.execute(_DUE, {"now": now, "batch": BATCH})
        return [Due(case, queue, Step(step), *rest) for case, queue, step, *rest in cursor.fetchall()]


def over() -> list[tuple[int, int]]:
    """Standing steps and their cases, of cases that are decided, moved, due later or no longer critical."""
    with connection.cursor() as cursor:
        cursor.execute(_OVER, {"batch": BATCH})
        return list(cursor.fetchall())


def standing_in(queue: int) -> bool:
    """Whether any case of a queue is escalated."""
    return EscalationStep.objects.filter(queue=queue, over_at__isnull=True).exists()


def last_step(case: Case) -> EscalationStep | None:
    """How far a critical case that is still open has climbed for its present due time; None for all others."""
    if case.severity != Severity.CRITICAL or case.state not in State.PENDING:
        return None
    found = EscalationStep.objects.filter(case=case, queue=case.queue_id, due_at=case.due_at, told__gt=0)
    return found.order_by("-step").first()


_CRITICAL: Final = f"c.severity = {Severity.CRITICAL} AND c.state IN {State.sql(State.PENDING)}"
_DUE: Final = f"""
SELECT c.id, c.queue_id, s.step, c.due_at, c.assignee_id,
       (SELECT l.by_id FROM cases_claim AS l WHERE l.case_id = c.id AND l.expires_at > %(now)s AND NOT l.ahead)
FROM cases_case AS c JOIN cases_queue AS q ON q.id = c.queue_id CROSS JOIN LATERAL (
    VALUES ({Step.RESPONSIBLE}, 0), ({Step.DEPUTY}, q.deputy_after_seconds), ({Step.LEADS}, q.leads_after_seconds)
) AS s (step, seconds)
WHERE {_CRITICAL} AND c.due_at <= %(now)s AND c.due_at <= %(now)s - make_interval(secs => s.seconds)
  AND NOT EXISTS (
    SELECT 1 FROM overdue_escalationstep AS t
    WHERE t.case_id = c.id AND t.queue_id = c.queue_id AND t.step = s.step AND t.due_at = c.due_at)
ORDER BY c.due_at, c.id, s.step LIMIT %(batch)s
"""
_OVER: Final = f"""
SELECT t.id, t.case_id FROM overdue_escalationstep AS t JOIN cases_case AS c ON c.id = t.case_id
WHERE t.over_at IS NULL AND NOT ({_CRITICAL} AND c.due_at = t.due_at AND c.queue_id = t.queue_id)
ORDER BY t.id LIMIT %(batch)s
"""
