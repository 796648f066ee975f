"""Decisions: a reviewer's verdict on a case, its undoing before the release and its reversal afterwards."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from console import fact_changes
from console.audit import log
from console.errors import Invalid
from console.people import permissions
from console.people.models import User
from console.sealing import canonical
from triage.cases import kinds, queries, rules
from triage.cases.actions import locks, openings
from triage.cases.actions.drafts import Draft, write
from triage.cases.causes import CaseCause
from triage.cases.kinds import Json, Verdict
from triage.cases.machine import after
from triage.cases.models import Case, Decision, ReleaseDue, Role, State
from triage.cases.models.decision import MOVED_ON, TRANSFERRED
from triage.queues import plans, sla
from triage.queues import queries as queues
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
    request_key: uuid.UUID | None = None,
) -> Decided:
    """Decide a case one has claimed. ``seen`` is the revision looked at; ``content`` what the verdict carries.

    The same request sent twice gives the first decision. Raises Stale when the claim has run out or the case has
    changed, Invalid when the verdict is incomplete, Denied when the person may not, or may no longer, work
    the queue.
    """
    now, draft = timezone.now(), Draft(verdict, reason=reason, note=note, key=request_key)
    with log.transaction(by=by, purpose="decide"):
        case = locks.lock_to_decide(case)
        permissions.require(by, "cases.work_queue", case.queue, to="decide cases of this queue")
        earlier = _repeated(case, by, draft, seen, content)
        if earlier:
            return Decided(earlier, case, repeat=True)
        locks.unfrozen(case)
        rules.hold(case.ref, locks.holder(case), me=by.pk, now=now).require()
        rules.seen(case.ref, case.revision, seen).require()
        spec = _complete(case, draft, content, until, asked_of, now)
        onwards = _onwards(case, spec)
        draft.details = _details(spec, onwards, until, asked_of)
        draft.release_at = _release_at(case, spec, now)
        decision = write(case, by, now, draft)
        locks.let_go([case.pk])
        _carry_on(case, spec, decision, onwards, until)
        openings.open_cases(case, decision, by=by)
        fact_changes.publish(CaseCause.DECIDED, waves=[case.wave_id], by=by, about=case.ref)
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
        last = _latest(case)
        gone = ReleaseDue.objects.filter(decision=last).delete()[0] if last else 0
        released = bool(last and last.release_at and (not gone or _at_once(case, last)))
        rules.undo(case.ref, case.state, decided_by=last.by_id if last else None, me=by.pk, released=released).require()
        reversal = write(case, by, now, Draft(kinds.UNDO, reverses=last))
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
        draft = Draft(kinds.REVERSE, note=reason, reverses=case.decision, release_at=now)
        reversal = write(case, by, now, draft)
        case.state, case.decision, case.verified_run = State.OPEN, None, None
        case.priority = case.severity * BASE + REVERSED
        case.due_at = sla.due_for(plans.policies(), case.queue_id, case.severity, now)
        case.revision += 1
        case.save(update_fields=["state", "decision", "verified_run", "priority", "due_at", "revision"])
        fact_changes.publish(CaseCause.REVERSED, waves=[case.wave_id], by=by, about=case.ref)
    return reversal


def _latest(case: Case) -> Decision | None:
    """The latest decision that stands: not a reversal, and not reversed."""
    standing = Decision.objects.filter(case=case, reversed_by__isnull=True).exclude(role=Role.REVERSAL)
    return standing.order_by("-id").first()


def _repeated(case: Case, by: User, draft: Draft, seen: int, content: object) -> Decision | None:
    """The decision that this request made when it was sent before. Raises Invalid for a key used for something else."""
    known = Decision.objects.filter(request_key=draft.key).first() if draft.key else None
    if known:
        same = (known.case_id, known.by_id, known.verdict) == (case.pk, by.pk, draft.verdict)
        if not (same and _same_content(case, known, content)):
            raise Invalid("This request key was used for another decision. Send a new one.")
        return known
    if case.state == State.CLAIMED:
        return None
    last = _latest(case)
    wanted = (by.pk, draft.verdict, draft.reason, seen)
    same = last is not None and (last.by_id, last.verdict, last.reason, last.seen_revision) == wanted
    return last if last and same and _same_content(case, last, content) else None


def _same_content(case: Case, earlier: Decision, given: object) -> bool:
    """Whether what is sent is the content of an earlier decision, however it is spelt."""
    spec = kinds.get(case.kind).verdict(earlier.verdict)
    if given is None or spec is None or spec.content is None:
        return given is None and earlier.content is None
    try:
        read = spec.content.read(given, queries.payload(earlier.seen_exception_id))
    except Invalid:
        return False
    return earlier.content is not None and canonical.text(read) == canonical.text(earlier.content)


def _complete(
    case: Case, draft: Draft, content: object, until: dt.datetime | None, asked_of: str, now: dt.datetime
) -> Verdict:
    """The verdict; its content is read into the draft. Raises Invalid unless what was sent is complete."""
    kind = kinds.get(case.kind)
    spec = kind.verdict(draft.verdict)
    rules.verdict(
        spec,
        draft.verdict,
        reason=draft.reason,
        reasons=[reason.code for reason in kind.reasons_for(draft.verdict)],
        note=draft.note,
        content=content is not None,
        severe=case.severity >= Severity.HIGH,
        until=until,
        asked_of=asked_of,
        now=now,
    ).require()
    assert spec is not None
    draft.content = _content(case, spec, content)
    return spec


def _content(case: Case, spec: Verdict, given: object) -> Json:
    if spec.content is None or given is None:
        return None
    return spec.content.read(given, queries.payload(case.latest_exception_id))


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


def _details(spec: Verdict, onwards: Queue | None, until: dt.datetime | None, asked_of: str) -> dict[str, Any]:
    details: dict[str, Any] = {}
    if spec.needs == "until" and until:
        details["until"] = until.isoformat()
    if spec.needs == "asked_of":
        details["asked_of"] = asked_of.strip()[:200]
    if onwards:
        details[MOVED_ON if spec.settles else TRANSFERRED] = onwards.pk
    return details
