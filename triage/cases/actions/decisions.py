"""Decisions: a reviewer's verdict on a case, its undoing before the release and its reversal afterwards."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from django.utils import timezone

from console import fact_changes
from console.audit import log
from console.people import permissions
from console.people.models import User
from triage.cases import kinds, rules
from triage.cases.actions import locks, openings, reports
from triage.cases.actions.drafts import Draft, write
from triage.cases.actions.given import Given, complete, latest, repeated
from triage.cases.causes import CaseCause
from triage.cases.kinds import Verdict
from triage.cases.machine import after
from triage.cases.models import Case, Decision, ReleaseDue, State
from triage.cases.models.decision import MOVED_ON, TRANSFERRED
from triage.queues import plans, sla
from triage.queues import queries as queues
from triage.queues.models import Queue
from triage.queues.routing import BASE, HANDED_ON, REVERSED


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision and whether it had been made before, by an earlier sending of the same request."""

    decision: Decision
    case: Case
    repeat: bool


@dataclass(frozen=True, slots=True)
class Undone:
    """An undone decision. ``claimed`` is False when a sibling case is being worked: then the case is open."""

    decision: Decision
    case: Case
    claimed: bool


def decide(
    *,
    case: Case,
    verdict: str,
    seen: int,
    by: User,
    reason: str = "",
    note: str = "",
    content: object = None,
    until: dt.datetime | None = None,
    asked_of: str = "",
    confirmed: bool = False,
    request_key: uuid.UUID | None = None,
) -> Decided:
    """Decide a case one has claimed. ``seen`` is the revision looked at; ``content`` what the verdict carries.

    Without a ``reason`` the one that the evidence suggests is taken, if it suggests one and the case is not severe.
    ``confirmed``: the reviewer has read what the case's kind warns of.

    The same request sent twice gives the first decision. Raises Stale when the claim has run out or the case has
    changed, Invalid when the verdict is incomplete, Denied when the person may not, or may no longer, work
    the queue.
    """
    return _decide(
        case, Given(verdict, seen, reason, note, content, until, asked_of, confirmed, request_key), by, timezone.now()
    )


def _decide(case: Case, given: Given, by: User, now: dt.datetime) -> Decided:
    with log.transaction(by=by, purpose="decide"):
        case = locks.lock_to_decide(case)
        permissions.require(by, "cases.work_queue", case.queue, to="decide cases of this queue")
        draft = given.draft(case)
        earlier = repeated(case, by, draft, given)
        if earlier:
            return Decided(earlier, case, repeat=True)
        locks.unfrozen(case)
        rules.hold(case.ref, locks.holder(case), me=by.pk, now=now).require()
        rules.seen(case.ref, case.revision, given.seen).require()
        spec = complete(case, draft, given, now)
        onwards = _onwards(case, spec)
        if onwards:
            draft.details[MOVED_ON if spec.settles else TRANSFERRED] = onwards.pk
        draft.release_at = _release_at(case, spec, now)
        decision = write(case, by, now, draft)
        locks.let_go([case.pk])
        _carry_on(case, spec, decision, onwards, given.until)
        openings.open_cases(case, decision, by=by)
        fact_changes.publish(CaseCause.DECIDED, waves=case.waves, by=by, about=case.ref)
    return Decided(decision, case, repeat=False)


def undo(*, case: Case, by: User) -> Undone:
    """Undo one's latest decision before its release; the case is claimed again. Raises Denied, Stale.

    Cases that the decision opened stay: they are worked on their own evidence.
    """
    now = timezone.now()
    with log.transaction(by=by, purpose="decide"):
        case = locks.lock_to_decide(case)
        permissions.require(by, "cases.work_queue", case.queue, to="decide cases of this queue")
        locks.unfrozen(case)
        last = latest(case)
        gone = ReleaseDue.objects.filter(decision=last).delete()[0] if last else 0
        released = bool(last and last.release_at and (not gone or _at_once(case, last)))
        rules.undo(case.ref, case.state, decided_by=last.by_id if last else None, me=by.pk, released=released).require()
        reversal = write(case, by, now, Draft(kinds.UNDO, reverses=last))
        claimed = locks.take(case, by_id=by.pk, now=now) is not None
        case.state = State.CLAIMED if claimed else State.OPEN
        case.decision, case.wake_at = None, None
        if last and last.release_at:
            reports.apply_noted(case, last, now)
        case.save(update_fields=["state", "decision", "wake_at", *reports.COLUMNS])
        fact_changes.publish(CaseCause.UNDONE, waves=case.waves, by=by, about=case.ref)
    return Undone(reversal, case, claimed)


def reverse(*, case: Case, reason: str, by: User) -> Decision:
    """Reverse a released decision: a decision of its own, which the feed carries too. The case is open again.

    Raises Denied without the permission, Invalid without a reason, Stale when there is nothing released to reverse.
    """
    now = timezone.now()
    with log.transaction(by=by, purpose="decide"):
        case = locks.lock_to_decide(case)
        locks.unfrozen(case)
        allowed = permissions.may(by, "cases.reverse_decision", case.queue)
        rules.reverse(case.ref, case.state, allowed=allowed, reason=reason).require()
        draft = Draft(kinds.REVERSE, note=reason, reverses=case.decision, release_at=now)
        reversal = write(case, by, now, draft)
        reports.apply_noted(case, case.decision, now)
        case.state, case.decision, case.verified_run = State.OPEN, None, None
        case.priority = case.severity * BASE + REVERSED
        case.due_at = sla.due_for(plans.policies(), case.queue_id, case.severity, now)
        case.revision += 1
        case.save(update_fields=["state", "decision", "verified_run", *reports.COLUMNS])
        fact_changes.publish(CaseCause.REVERSED, waves=case.waves, by=by, about=case.ref)
    return reversal


def _carry_on(case: Case, spec: Verdict, decision: Decision, onwards: Queue | None, until: dt.datetime | None) -> None:
    """Move the case to where its verdict sends it."""
    verb = "transfer" if onwards else str(spec.then)
    rules.move(case.ref, case.state, verb).require()
    case.state = after(case.state, verb) or State(case.state)
    if onwards:
        case.queue = onwards
        case.severity = spec.severity_there or case.severity
        case.priority = case.severity * BASE + HANDED_ON
        case.due_at = sla.due_for(plans.policies(), onwards.pk, case.severity, decision.decided_at)
        case.revision += 1
        case.save(update_fields=["state", "queue", "severity", "priority", "due_at", "revision"])
        return
    case.decision = decision if case.state != State.OPEN else None
    case.wake_at = until if case.state == State.DEFERRED else None
    case.save(update_fields=["state", "decision", "wake_at"])


def _onwards(case: Case, spec: Verdict) -> Queue | None:
    """The queue this verdict sends the case on to. Raises Invalid when it needs one and none is set."""
    if spec.sends_to is None:
        return None
    found = queues.target(case.queue, spec.sends_to.name)
    if spec.sends_to.required:
        rules.transfer(case.ref, str(case.queue), has_target=found is not None).require()
    return found


def _release_at(case: Case, spec: Verdict, now: dt.datetime) -> dt.datetime | None:
    if not spec.settles:
        return None
    return now if spec.at_once else now + dt.timedelta(seconds=case.queue.undo_seconds)


def _at_once(case: Case, decision: Decision) -> bool:
    spec = kinds.verdict_of(case.kind, decision.verdict)
    return spec is not None and spec.at_once
