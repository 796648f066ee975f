"""Undoing a decision that sent its case to another queue: the case comes back to where it was, and to its reviewer."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from console.people.models import User
from triage.cases import rules
from triage.cases.actions import locks
from triage.cases.models import Case, Decision
from triage.cases.models.decision import CAME_FROM
from triage.queues.models import Queue

#: What of a case is put back, besides its revision, which only goes forward.
COLUMNS = ("queue", "severity", "priority", "due_at", "revision")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a case was before a decision sent it away."""

    queue: Queue
    severity: int
    priority: int
    due_at: dt.datetime


def noted(case: Case) -> dict[str, Any]:
    """What the details of a decision say of where its case comes from."""
    return {"queue": case.queue_id, "severity": int(case.severity), "priority": case.priority}


def origin_of(case: Case, decision: Decision | None) -> Origin | None:
    """Where the case was before this decision; None for one that sent it nowhere, or from nowhere that is known."""
    if decision is None or decision.sent_to is None or CAME_FROM not in decision.details or decision.due_at is None:
        return None
    came = decision.details[CAME_FROM]
    queue = Queue.objects.filter(pk=came["queue"]).first()
    return Origin(queue, came["severity"], came["priority"], decision.due_at) if queue else None


def require(case: Case, decision: Decision, origin: Origin, person: User, now: dt.datetime) -> None:
    """Raise Denied or Stale unless ``person`` may call the locked case back now."""
    holder = locks.holder(case)
    rules.call_back(
        case.ref,
        case.state,
        mine=decision.by_id == person.pk,
        there=case.queue_id == decision.sent_to and case.revision == decision.seen_revision + 1,
        holder=holder if holder and holder.expires_at > now else None,
        in_time=now <= decision.decided_at + dt.timedelta(seconds=origin.queue.undo_seconds),
    ).require()


def put_back(case: Case, origin: Origin) -> None:
    """Put the case where it was. The caller saves ``COLUMNS``."""
    case.queue, case.severity = origin.queue, origin.severity
    case.priority, case.due_at = origin.priority, origin.due_at
    case.revision += 1
