"""What each act does to one locked case, and how it is undone. Each writes one entry in the caller's transaction.

The caller has asked the act's rule. Where another capability has an action for it, that action is called.

A lead's deferral is no verdict: it writes no decision, so it says nothing of the evidence and no reviewer's undo
reaches it. The case waits until its date, and any reviewer of the queue resumes it as any deferred case.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from console.audit import log
from console.errors import Stale
from console.people import permissions
from console.people.models import User
from triage.bulk.rules import Seen, Wanted
from triage.cases import rules
from triage.cases.actions import handing, locks, remove_claim
from triage.cases.machine import after
from triage.cases.models import Case, Claim, State
from triage.queues import plans, sla
from triage.queues.queries import WORK
from triage.queues.routing import BASE, HANDED_ON


@dataclass
class Job:
    """One chunk of a bulk change: what is wanted, why, who asks, and when."""

    change: int
    wanted: Wanted
    why: str
    by: User
    now: dt.datetime
    facts: Mapping[str, object] = field(init=False)

    def __post_init__(self) -> None:
        self.facts = {"change": self.change, "reason": self.why}

    @cached_property
    def policies(self) -> list[sla.Policy]:
        """Every SLA policy, read once a chunk."""
        return plans.policies()


Do = Callable[[Case, Job], None]
#: Takes the case, what stood before, what the change left, and the job.
Undo = Callable[[Case, Seen, Job], None]


def _move(case: Case, job: Job) -> None:
    """Move it to another queue of its kind; routing leaves it there, as it leaves a case that a verdict transferred.

    It is due as before, or sooner if the new queue's target is: a move gives no time.
    """
    assert job.wanted.queue is not None
    was = case.queue.name
    handing.ended(case, by=job.by)
    case.queue_id, case.priority = job.wanted.queue.id, case.severity * BASE + HANDED_ON
    case.due_at = min(case.due_at, sla.due_for(job.policies, case.queue_id, case.severity, job.now))
    case.revision += 1
    case.save(update_fields=["queue", "priority", "due_at", "revision"])
    _log("case.moved", case, job, {"from": was, "to": job.wanted.queue.name})


def _assign(case: Case, job: Job) -> None:
    """Hand it over to a colleague; a claim on it ends."""
    assert job.wanted.to is not None
    to = User.objects.get(pk=job.wanted.to.id)
    handing.hand_over(case=case, to=to, why=job.why, seen=case.assignee_id or 0, tells=False, by=job.by)


def _unassign(case: Case, before: Seen, job: Job) -> None:
    """Return it to who held it, or to whom it was assigned, or to its queue."""
    if before.assignee:
        to = User.objects.get(pk=before.assignee)
        handing.hand_over(case=case, to=to, why=_UNDONE, seen=case.assignee_id or 0, tells=False, by=job.by)
    else:
        handing.take_back(case=case, why=_UNDONE, tells=False, by=job.by)
    if before.holder:
        _claim_again(Case.objects.select_related("queue").get(pk=case.pk), before, job)


def _unmove(case: Case, before: Seen, job: Job) -> None:
    """Put it back into its queue, and assign it again to whom it was assigned."""
    _restore(case, before, job)
    if before.assignee:
        to = User.objects.get(pk=before.assignee)
        handing.hand_over(case=case, to=to, why=_UNDONE, seen=0, tells=False, by=job.by)


def _prioritise(case: Case, job: Job) -> None:
    """Set its place among the cases of its severity."""
    assert job.wanted.priority is not None
    was = case.priority % BASE
    case.priority = case.severity * BASE + job.wanted.priority
    case.save(update_fields=["priority"])
    _log("case.prioritised", case, job, {"from": was, "to": job.wanted.priority})


def _set_due(case: Case, job: Job) -> None:
    """Set when it must be decided."""
    assert job.wanted.at is not None
    was, case.due_at = case.due_at, job.wanted.at
    case.save(update_fields=["due_at"])
    _log("case.due_set", case, job, {"from": was.isoformat(), "to": case.due_at.isoformat()})


def _release(case: Case, job: Job) -> None:
    """End the claim on it."""
    remove_claim(case=case, reason=job.why, tells=False, by=job.by)


def _defer(case: Case, job: Job) -> None:
    """Have it wait until a date, without a decision."""
    rules.move(case.ref, case.state, "put_off").require()
    locks.let_go([case.pk])  # a claim that has run out and was not swept away yet
    case.state, case.wake_at = after(case.state, "put_off") or State(case.state), job.wanted.at
    case.save(update_fields=["state", "wake_at"])
    _log("case.put_off", case, job, {"until": case.wake_at.isoformat() if case.wake_at else ""})


def _restore(case: Case, before: Seen, job: Job) -> None:
    """Put back what stood before: queue, priority, due time, deferral."""
    case.queue_id, case.priority, case.due_at = before.queue, before.priority, dt.datetime.fromisoformat(before.due_at)
    case.state, case.wake_at = State(before.state), _time(before.wake_at)
    case.revision += 1
    case.save(update_fields=["queue", "priority", "due_at", "state", "wake_at", "revision"])
    _log("case.change_undone", case, job, {})


def _claim_again(case: Case, before: Seen, job: Job) -> None:
    """Give a claim back to its holder, until it would have ended. Raises Stale when that is no longer possible."""
    ends = _time(before.claim_ends)
    if before.holder is None or ends is None or ends <= job.now:
        raise Stale("the claim would have ended by now")
    holder = User.objects.get(pk=before.holder)
    if not (holder.is_active and permissions.may(holder, WORK, case.queue)):
        raise Stale(f"{holder} may no longer work its queue")
    if not rules.hold_more(locks.held_by(holder, job.now), limit=case.queue.hold_limit):
        raise Stale(f"{holder} holds as many cases as allowed")
    if locks.take(case, by_id=holder.pk, now=job.now) is None:
        raise Stale("a related case is claimed")
    Claim.objects.filter(case=case).update(expires_at=ends)
    case.state = State.CLAIMED
    case.save(update_fields=["state"])
    _log("case.claim_restored", case, job, {"holder": holder.pk, "until": ends.isoformat()})


def _log(verb: str, case: Case, job: Job, facts: dict[str, object]) -> None:
    log.record(verb, subject=case, by=job.by, facts=facts | dict(job.facts))


def _time(text: str) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if text else None


_UNDONE: Final = "Undoes a bulk change."
DO: Final[Mapping[str, Do]] = {
    "assign": _assign,
    "move": _move,
    "due": _set_due,
    "priority": _prioritise,
    "release": _release,
    "defer": _defer,
}
UNDO: Final[Mapping[str, Undo]] = dict.fromkeys(DO, _restore) | {
    "release": _claim_again,
    "assign": _unassign,
    "move": _unmove,
}
#: Acts whose undoing claims or assigns cases: one case a transaction, the row of its person locked first.
CLAIMS_AGAIN: Final = frozenset({"release", "assign", "move"})
