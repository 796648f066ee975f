"""Decisions: a reviewer's verdict on a case, its undoing before the release and its reversal afterwards."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import timezone

from console.audit import book
from console.errors import Invalid
from console.people import permissions
from console.people.models import User
from triage.cases import kinds, plans, rules, sla
from triage.cases.actions import locks
from triage.cases.kinds import Verdict
from triage.cases.machine import after
from triage.cases.models import Case, Decision, Queue, ReleaseDue, Role, Severity, State
from triage.cases.routing import BASE, HANDED_ON, REVERSED


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision and whether it had been made before, by an earlier sending of the same request."""

    decision: Decision
    case: Case
    repeat: bool


@dataclass(frozen=True, slots=True)
class Undone:
    """A decision taken back. ``claimed`` is False when a sibling case is being worked: then the case is open."""

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
    until: dt.datetime | None = None,
    asked_of: str = "",
    request_key: uuid.UUID | None = None,
) -> Decided:
    """Decide a case one has claimed. ``seen`` is the revision looked at.

    The same request sent twice gives the first decision. Raises Stale when the claim has run out or the case has
    changed, Invalid when the verdict is incomplete, Denied when the person may not work the queue (any more).
    """
    now = timezone.now()
    with book.transaction(by=by, purpose="decide"):
        case = locks.lock(case)
        permissions.require(by, "cases.work_queue", case.queue, to="decide cases of this queue")
        earlier = _repeated(case, by, request_key, verdict, reason, seen)
        if earlier:
            return Decided(earlier, case, repeat=True)
        locks.hold_wave(case)
        spec = _spec(case, verdict)
        rules.hold(case.ref, locks.holder(case), me=by.pk, now=now).require()
        rules.seen(case.ref, case.revision, seen).require()
        rules.verdict(
            spec,
            verdict,
            reason=reason,
            reasons=_reasons(case, verdict),
            note=note,
            severe=case.severity >= Severity.HIGH,
            until=until,
            asked_of=asked_of,
            now=now,
        ).require()
        assert spec is not None
        onwards = _onwards(case, spec)
        details = _details(spec, onwards, until, asked_of)
        release_at = now + dt.timedelta(seconds=case.queue.undo_seconds) if spec.settles else None
        decision = _write(
            case,
            by,
            now,
            verdict=verdict,
            reason=reason,
            note=note,
            details=details,
            release_at=release_at,
            key=request_key,
        )
        locks.let_go([case.pk])
        _carry_on(case, spec, decision, onwards, until)
    return Decided(decision, case, repeat=False)


def undo(*, case: Case, by: User) -> Undone:
    """Take back one's latest decision before it is released; the case is claimed again. Raises Denied, Stale."""
    now = timezone.now()
    with book.transaction(by=by, purpose="decide"):
        case = locks.lock(case)
        permissions.require(by, "cases.work_queue", case.queue, to="decide cases of this queue")
        last = latest(case)
        gone = ReleaseDue.objects.filter(decision=last).delete()[0] if last else 0
        released = bool(last and last.release_at and not gone)
        rules.undo(case.ref, case.state, decided_by=last.by_id if last else None, me=by.pk, released=released).require()
        reversal = _write(case, by, now, verdict="UNDO", role=Role.REVERSAL, reverses=last)
        claimed = locks.take(case, by_id=by.pk, now=now) is not None
        case.state = State.CLAIMED if claimed else State.OPEN
        case.decision, case.wake_at = None, None
        case.save(update_fields=["state", "decision", "wake_at"])
    return Undone(reversal, case, claimed)


def reverse(*, case: Case, reason: str, by: User) -> Decision:
    """Reverse a released decision: a decision of its own, which the feed carries too. The case is open again.

    Raises Denied without the permission, Invalid without a reason, Stale when there is nothing released to reverse.
    """
    now = timezone.now()
    with book.transaction(by=by, purpose="decide"):
        case = locks.lock(case)
        locks.hold_wave(case)
        allowed = permissions.may(by, "cases.reverse_decision", case.queue)
        rules.reverse(case.ref, case.state, allowed=allowed, reason=reason).require()
        reversal = _write(
            case, by, now, verdict="REVERSE", role=Role.REVERSAL, reverses=case.decision, note=reason, release_at=now
        )
        case.state, case.decision = State.OPEN, None
        case.priority = case.severity * BASE + REVERSED
        case.due_at = sla.due_for(plans.policies(), case.queue_id, case.severity, now)
        case.revision += 1
        case.save(update_fields=["state", "decision", "priority", "due_at", "revision"])
    return reversal


def latest(case: Case) -> Decision | None:
    """The latest decision that stands: not a reversal, and not reversed."""
    standing = Decision.objects.filter(case=case, reversed_by__isnull=True).exclude(role=Role.REVERSAL)
    return standing.order_by("-id").first()


def _repeated(case: Case, by: User, key: uuid.UUID | None, verdict: str, reason: str, seen: int) -> Decision | None:
    """The decision that this request made when it was sent before. Raises Invalid for a key used for something else."""
    known = Decision.objects.filter(request_key=key).first() if key else None
    if known:
        if (known.case_id, known.by_id, known.verdict) != (case.pk, by.pk, verdict):
            raise Invalid("This request key was used for another decision. Send a new one.")
        return known
    if case.state == State.CLAIMED:
        return None
    last = latest(case)
    same = last and (last.by_id, last.verdict, last.reason, last.seen_revision) == (by.pk, verdict, reason, seen)
    return last if same else None


def _write(
    case: Case,
    by: User,
    now: dt.datetime,
    *,
    verdict: str,
    role: Role = Role.FIRST,
    reason: str = "",
    note: str = "",
    details: dict[str, Any] | None = None,
    reverses: Decision | None = None,
    release_at: dt.datetime | None = None,
    key: uuid.UUID | None = None,
) -> Decision:
    """The entry in the book, then the decision that bears its receipt, then its place among those to be released."""
    number = _number()
    facts = {"decision": number, "verdict": verdict, "reason": reason, "role": str(role), "revision": case.revision}
    if reverses:
        facts["reverses"] = reverses.pk
    verb = {"UNDO": "case.undone", "REVERSE": "case.reversed"}.get(verdict, "case.decided")
    receipt = book.write(verb, subject=case, by=by, facts=facts)
    decision = Decision.objects.create(
        id=number,
        case=case,
        role=role,
        verdict=verdict,
        reason=reason,
        note=note,
        details=details or {},
        by=by,
        decided_at=now,
        seen_revision=case.revision,
        seen_exception_id=case.latest_exception_id,
        reverses=reverses,
        release_at=release_at,
        request_key=key or uuid.uuid4(),
        receipt=receipt.hash,
        entry_id=receipt.entry_id,
    )
    if release_at:
        ReleaseDue.objects.create(decision=decision, release_at=release_at)
    return decision


def _carry_on(case: Case, spec: Verdict, decision: Decision, onwards: Queue | None, until: dt.datetime | None) -> None:
    """Move the case to where its verdict sends it."""
    verb = "hand_on" if onwards else spec.then
    rules.move(case.ref, case.state, verb).require()
    case.state = after(case.state, verb) or State(case.state)
    if onwards:
        case.queue = onwards
        case.severity = Severity.CRITICAL if spec.settles else case.severity
        case.priority = case.severity * BASE + HANDED_ON
        case.due_at = sla.due_for(plans.policies(), onwards.pk, case.severity, decision.decided_at)
        case.revision += 1
        case.save(update_fields=["state", "queue", "severity", "priority", "due_at", "revision"])
        return
    case.decision = decision if case.state != State.OPEN else None
    case.wake_at = until if case.state == State.DEFERRED else None
    case.save(update_fields=["state", "decision", "wake_at"])


def _onwards(case: Case, spec: Verdict) -> Queue | None:
    """The queue this verdict hands the case on to. Raises Invalid when it needs one and none is set."""
    if spec.code == "OVERLAY_SUSPECTED":
        overlays = case.queue.overlays_to
        return overlays if overlays and overlays.active else None
    if spec.then != "hand_on":
        return None
    rules.hand_on(case.ref, str(case.queue), case.queue.escalates_to_id).require()
    return case.queue.escalates_to


def _details(spec: Verdict, onwards: Queue | None, until: dt.datetime | None, asked_of: str) -> dict[str, Any]:
    details: dict[str, Any] = {}
    if spec.needs == "until" and until:
        details["until"] = until.isoformat()
    if spec.needs == "asked_of":
        details["asked_of"] = asked_of.strip()[:200]
    if onwards and not spec.settles:
        details["escalated_to"] = onwards.pk
    elif onwards:
        details["handed_to"] = onwards.pk
    return details


def _spec(case: Case, code: str) -> Verdict | None:
    return next((spec for spec in kinds.get(case.kind).verdicts if spec.code == code), None)


def _reasons(case: Case, code: str) -> list[str]:
    return [reason for reason, _ in kinds.reasons_for(case.kind, code)]


def _number() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('cases_decision_id_seq')")
        return int(cursor.fetchone()[0])
