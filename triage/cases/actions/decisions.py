"""Decisions: a reviewer's verdict on a case, its undoing before the release and its reversal afterwards."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.utils import timezone

from console import fact_changes
from console.audit import log
from console.errors import Invalid
from console.people import permissions
from console.people.models import User
from triage.cases import kinds, rules
from triage.cases.actions import locks
from triage.cases.causes import CaseCause
from triage.cases.kinds import Verdict
from triage.cases.machine import after
from triage.cases.models import Case, Decision, ReleaseDue, Role, State
from triage.queues import plans, sla
from triage.queues.models import Queue, Severity
from triage.queues.routing import BASE, HANDED_ON, REVERSED


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


@dataclass(slots=True)
class _Draft:
    """A decision before it is written."""

    verdict: str
    reason: str = ""
    note: str = ""
    details: dict[str, Any] = field(default_factory=dict)
    reverses: Decision | None = None
    release_at: dt.datetime | None = None
    key: uuid.UUID | None = None

    @property
    def role(self) -> Role:
        """What takes another decision back is a reversal."""
        return Role.REVERSAL if self.reverses else Role.FIRST


_VERBS = {"UNDO": "case.undone", "REVERSE": "case.reversed"}


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
    now, draft = timezone.now(), _Draft(verdict, reason=reason, note=note, key=request_key)
    with log.transaction(by=by, purpose="decide"):
        case = locks.lock_to_decide(case)
        permissions.require(by, "cases.work_queue", case.queue, to="decide cases of this queue")
        earlier = _repeated(case, by, draft, seen)
        if earlier:
            return Decided(earlier, case, repeat=True)
        locks.unfrozen(case)
        rules.hold(case.ref, locks.holder(case), me=by.pk, now=now).require()
        rules.seen(case.ref, case.revision, seen).require()
        spec = _complete(case, draft, until, asked_of, now)
        onwards = _onwards(case, spec)
        draft.details = _details(spec, onwards, until, asked_of)
        draft.release_at = now + dt.timedelta(seconds=case.queue.undo_seconds) if spec.settles else None
        decision = _write(case, by, now, draft)
        locks.let_go([case.pk])
        _carry_on(case, spec, decision, onwards, until)
        fact_changes.publish(CaseCause.DECIDED, waves=[case.wave_id], by=by, about=case.ref)
    return Decided(decision, case, repeat=False)


def undo(*, case: Case, by: User) -> Undone:
    """Take back one's latest decision before it is released; the case is claimed again. Raises Denied, Stale."""
    now = timezone.now()
    with log.transaction(by=by, purpose="decide"):
        case = locks.lock_to_decide(case)
        permissions.require(by, "cases.work_queue", case.queue, to="decide cases of this queue")
        locks.unfrozen(case)
        last = latest(case)
        gone = ReleaseDue.objects.filter(decision=last).delete()[0] if last else 0
        released = bool(last and last.release_at and not gone)
        rules.undo(case.ref, case.state, decided_by=last.by_id if last else None, me=by.pk, released=released).require()
        reversal = _write(case, by, now, _Draft("UNDO", reverses=last))
        claimed = locks.take(case, by_id=by.pk, now=now) is not None
        case.state = State.CLAIMED if claimed else State.OPEN
        case.decision, case.wake_at = None, None
        case.save(update_fields=["state", "decision", "wake_at"])
        fact_changes.publish(CaseCause.UNDONE, waves=[case.wave_id], by=by, about=case.ref)
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
        draft = _Draft("REVERSE", note=reason, reverses=case.decision, release_at=now)
        reversal = _write(case, by, now, draft)
        case.state, case.decision, case.verified_run = State.OPEN, None, None
        case.priority = case.severity * BASE + REVERSED
        case.due_at = sla.due_for(plans.policies(), case.queue_id, case.severity, now)
        case.revision += 1
        case.save(update_fields=["state", "decision", "verified_run", "priority", "due_at", "revision"])
        fact_changes.publish(CaseCause.REVERSED, waves=[case.wave_id], by=by, about=case.ref)
    return reversal


def latest(case: Case) -> Decision | None:
    """The latest decision that stands: not a reversal, and not reversed."""
    standing = Decision.objects.filter(case=case, reversed_by__isnull=True).exclude(role=Role.REVERSAL)
    return standing.order_by("-id").first()


def _repeated(case: Case, by: User, draft: _Draft, seen: int) -> Decision | None:
    """The decision that this request made when it was sent before. Raises Invalid for a key used for something else."""
    known = Decision.objects.filter(request_key=draft.key).first() if draft.key else None
    if known:
        if (known.case_id, known.by_id, known.verdict) != (case.pk, by.pk, draft.verdict):
            raise Invalid("This request key was used for another decision. Send a new one.")
        return known
    if case.state == State.CLAIMED:
        return None
    last = latest(case)
    wanted = (by.pk, draft.verdict, draft.reason, seen)
    same = last and (last.by_id, last.verdict, last.reason, last.seen_revision) == wanted
    return last if same else None


def _complete(case: Case, draft: _Draft, until: dt.datetime | None, asked_of: str, now: dt.datetime) -> Verdict:
    """The verdict's description. Raises Invalid unless what was sent is complete."""
    spec = next((spec for spec in kinds.get(case.kind).verdicts if spec.code == draft.verdict), None)
    rules.verdict(
        spec,
        draft.verdict,
        reason=draft.reason,
        reasons=[reason for reason, _ in kinds.reasons_for(case.kind, draft.verdict)],
        note=draft.note,
        severe=case.severity >= Severity.HIGH,
        until=until,
        asked_of=asked_of,
        now=now,
    ).require()
    assert spec is not None
    return spec


def _write(case: Case, by: User, now: dt.datetime, draft: _Draft) -> Decision:
    """The entry in the book, then the decision that bears its receipt, then its place among those to be released."""
    number = _number()
    facts = {"decision": number, "verdict": draft.verdict, "reason": draft.reason, "role": str(draft.role)}
    facts |= {"revision": case.revision, **({"reverses": draft.reverses.pk} if draft.reverses else {})}
    receipt = log.record(_VERBS.get(draft.verdict, "case.decided"), subject=case, by=by, facts=facts)
    decision = Decision.objects.create(
        id=number,
        case=case,
        role=draft.role,
        verdict=draft.verdict,
        reason=draft.reason,
        note=draft.note,
        details=draft.details,
        by=by,
        decided_at=now,
        seen_revision=case.revision,
        seen_exception_id=case.latest_exception_id,
        reverses=draft.reverses,
        release_at=draft.release_at,
        request_key=draft.key or uuid.uuid4(),
        wave_id=case.wave_id,
        due_at=case.due_at,
        receipt=receipt.hash,
        entry_id=receipt.entry_id,
    )
    if draft.release_at:
        ReleaseDue.objects.create(decision=decision, release_at=draft.release_at)
    return decision


def _carry_on(case: Case, spec: Verdict, decision: Decision, onwards: Queue | None, until: dt.datetime | None) -> None:
    """Move the case to where its verdict sends it."""
    verb = "transfer" if onwards else spec.then
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
    if spec.then != "transfer":
        return None
    rules.transfer(case.ref, str(case.queue), case.queue.escalates_to_id).require()
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


def _number() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('cases_decision_id_seq')")
        return int(cursor.fetchone()[0])
