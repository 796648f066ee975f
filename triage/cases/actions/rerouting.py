"""Applying the routing rules to the cases that wait already."""

from __future__ import annotations

from typing import Final

from django.db import connection

from console.audit import log
from console.people.models import User
from triage.cases import rerouting
from triage.queues.actions.queues import require_lead
from triage.queues.models import Queue

#: At most so many cases move in one transaction.
AT_ONCE: Final = 10_000


def apply_rules(*, kind: str, by: User) -> int:
    """Route the open cases of a kind again, up to ``AT_ONCE`` of them; returns how many moved. Raises Denied.

    Cases that were transferred to their queue by a person stay there, and so do claimed ones.
    """
    with log.transaction(by=by, purpose="set up"):
        require_lead(by, "apply routing rules")
        plan = rerouting.for_cases(kind)
        with connection.cursor() as cursor:
            cursor.execute(rerouting.misplaced(plan) + _APPLY, plan.parameters | {"limit": AT_ONCE})
            moved = int(cursor.rowcount)
        if moved:
            first = Queue.objects.filter(kind=kind, active=True).order_by("order", "slug").first()
            log.record("queue.rules_applied", subject=first or "queues", by=by, facts={"moved": moved, "kind": kind})
    return moved


_APPLY = """
, moving AS (
    SELECT c.id, m.queue, m.rank FROM misplaced AS m JOIN cases_case AS c ON c.id = m.id
    WHERE c.state = 'open' ORDER BY c.id LIMIT %(limit)s FOR UPDATE OF c SKIP LOCKED
)
UPDATE cases_case AS c SET queue_id = moving.queue, priority = moving.rank FROM moving WHERE c.id = moving.id
"""
