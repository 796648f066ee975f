"""Decisions: a reviewer's verdict on a case, its undoing before the release and its reversal afterwards."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db import IntegrityError, OperationalError
from django.utils import timezone
from psycopg2.errors import DeadlockDetected

from console import fact_changes
from console.audit import log
from console.errors import Missing, Stale
from console.people import permissions
from console.people.models import User
from triage.cases import asking, kinds, rules
from triage.cases.actions import (
    calling_back,
    contradictions,
    handing,
    kept_ready,
    locks,
    openings,
    proposals,
    reports,
    reversing,
)
from triage.cases.actions.calling_back import Origin
from triage.cases.actions.drafts import Draft, write
from triage.cases.actions.given import Given, asked_about, complete, latest, repeated
from triage.cases.causes import CaseCause
from triage.cases.kinds import Entry, Overtaken, Verdict
from triage.cases.machine import after
from triage.cases.models import Case, Decision, ReleaseDue, State
from triage.cases.models.decision import CAME_FROM, MOVED_ON, TRANSFERRED, Until
from triage.queues import plans, sla
from triage.queues import queries as queues
from triage.queues.models import Queue
from triage.queues.routing import BASE, HANDED_ON

_TRIES: Final = 8
_UNDONE: Final = ("state", "decision", "wake_at", "past_cutover", "proposal")


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision and whether it had been made before, by an earlier sending of the same request."""

    decision: Decision
    case: Case
    repeat: bool

    @property
    def contradicts(self) -> list[int]:
        """The settled decisions that it contradicts: then it settled nothing, and a third person decides."""
        return self.decision.contradicts


@dataclass(frozen=True, slots=True)
class Undone:
    """An undone decision. Its case is claimed again; ``why_open`` says why it is open instead, if it is."""

    decision: Decision
    case: Case
    why_open: str = ""

    @property
    def claimed(self) -> bool:
        """Whether the reviewer holds the case again."""
        return not self.why_open


def decide(
    *,
    case: Case,
    verdict: str,
    seen: int,
    by: User,
    reason: str = "",
    note: str = "",
    content: object = None,
    until: Until | None = None,
    asked_of: str = "",
    confirmed: bool = False,
    reverse: Sequence[int] = (),
    request_key: uuid.UUID | None = None,
) -> Decided:
    """Decide a case one has claimed. ``seen`` is the revision looked at; ``content`` what the verdict carries.

    Without a ``reason`` the one that the evidence suggests is taken, if it suggests one and the case is not severe.
    ``asked_of``: who is asked for information, and ``until`` when the answer is due, or until when a case is deferred.
    ``confirmed``: the reviewer has read what the case's kind warns of. ``reverse``: decisions on other cases that this
    one contradicts and reverses, for the reason in ``note``; only where contradictory decisions are adjudicated.

    A verdict that contradicts settled decisions settles nothing: the case goes to a third person (``contradicts``).
    The same request sent twice gives the first decision. Raises Stale when the claim has run out or the case has
    changed, Invalid when the verdict is incomplete, Denied when the person may not, or may no longer, work
    the queue.
    """
    given = Given(verdict, seen, reason, note, content, until, asked_of, confirmed, tuple(reverse), request_key)
    for _ in range(_TRIES):
        try:
            return _decide(case, given, by, timezone.now())
        except Overtaken:
            continue
        except OperationalError as error:
            if not isinstance(error.__cause__, DeadlockDetected):
                raise
    raise Stale("Others are deciding on the same records at this moment. Try again.")


def _decide(case: Case, given: Given, by: User, now: dt.datetime) -> Decided:
    with log.transaction(by=by, purpose="decide"):
        case, others = _locked(case, given.reverse)
        permissions.require(by, "cases.work_queue", case.queue, to="decide cases of this queue")
        draft = given.draft(case)
        earlier = repeated(case, by, draft, given)
        if earlier:
            return Decided(earlier, case, repeat=True)
        locks.unfrozen(case)
        held = locks.holder(case)
        rules.hold(case.ref, held, me=by.pk, now=now).require()
        draft.claimed_at = held.taken_at if held else None
        rules.seen(case.ref, case.revision, given.seen).require()
        spec = complete(case, draft, given, by=by, now=now)
        proposals.note(case, draft, given.until, by_id=by.pk)
        entry = _entry(case, spec, draft, given, others, by, now)
        if entry and entry.contradicts:
            decision = contradictions.send_on(case, spec, draft, entry.contradicts, by=by, now=now)
        else:
            decision = _settle(case, spec, draft, entry, given, by, now)
        fact_changes.publish(CaseCause.DECIDED, waves=case.waves, by=by, about=case.ref)
    return Decided(decision, case, repeat=False)


def _settle(
    case: Case, spec: Verdict, draft: Draft, entry: Entry | None, given: Given, by: User, now: dt.datetime
) -> Decision:
    """Write the decision and carry its case on."""
    onwards = _onwards(case, spec)
    if onwards:
        draft.details[MOVED_ON if spec.settles else TRANSFERRED] = onwards.pk
        draft.details[CAME_FROM] = calling_back.noted(case)
    draft.release_at = _release_at(case, spec, now)
    decision = write(case, by, now, draft)
    if entry:
        try:
            entry.record(decision)
        except IntegrityError as error:
            raise Overtaken from error
    locks.let_go([case.pk])
    _carry_on(case, spec, decision, onwards, given.until)
    if draft.question:
        draft.question.ask(decision)
    openings.open_cases(case, decision, by=by)
    return decision


def _entry(
    case: Case, spec: Verdict, draft: Draft, given: Given, others: list[Case], by: User, now: dt.datetime
) -> Entry | None:
    """What the verdict asserts, once the decisions that it reverses stand no longer."""
    before = asked_about(case) if kinds.get(case.kind).ledger is not None else None
    draft.adjudicates = before is not None and bool(before.contradicts)
    entry = contradictions.entry(case, spec, draft)
    if not given.reverse:
        return entry
    rules.adjudicate(adjudicates=draft.adjudicates).require()
    in_question = {*(before.contradicts if before else ()), *(entry.contradicts if entry else ())}
    reversing.overrule(others, given.reverse, may_be=in_question, reason=given.note, by=by, now=now)
    contradictions.end(*others)
    draft.details["reversed"] = sorted(set(given.reverse))
    return contradictions.entry(case, spec, draft)


def _locked(case: Case, reverse: Sequence[int]) -> tuple[Case, list[Case]]:
    """The case, and the cases of the decisions that it reverses: all locked, in ascending order."""
    if not reverse:
        return locks.lock_to_decide(case), []
    about = Decision.objects.filter(pk__in=reverse).values_list("case_id", flat=True)
    found = locks.lock_all_to_decide([case.pk, *about])
    this = next((one for one in found if one.pk == case.pk), None)
    if this is None:
        raise Missing(f"There is no case {case.ref}.")
    return this, [one for one in found if one.pk != case.pk]


def undo(*, case: Case, by: User) -> Undone:
    """Undo one's latest decision before its release; the case is claimed again. Raises Denied, Stale.

    A case that the decision sent to another queue comes back, for as long as that queue lets undo and while no reviewer
    has claimed it there. Cases that the decision opened stay: they are worked on their own evidence.
    """
    now = timezone.now()
    with log.transaction(by=by, purpose="decide"):
        case = locks.lock_to_decide(case, person=by)
        last = latest(case)
        origin = calling_back.origin_of(case, last)
        works_in = origin.queue if origin else case.queue
        permissions.require(by, "cases.work_queue", works_in, to="decide cases of this queue")
        locks.unfrozen(case)
        _require_undo(case, last, origin, by, now)
        reversal = write(case, by, now, Draft(kinds.UNDO, reverses=last))
        if case.state == State.WAITING:
            asking.end(case, resumed=False, by=by)
        contradictions.end(case)
        if origin:
            calling_back.put_back(case, origin)
        why_open = _claim_again(case, by, now)
        case.state = State.OPEN if why_open else State.CLAIMED
        case.decision, case.wake_at, case.past_cutover = None, None, False
        case.proposal = proposals.restored(last)
        if last and last.release_at:
            reports.apply_noted(case, last, now)
        case.save(update_fields=[*_UNDONE, *{*reports.COLUMNS, *calling_back.COLUMNS}])
        fact_changes.publish(CaseCause.UNDONE, waves=case.waves, by=by, about=case.ref)
    return Undone(reversal, case, why_open)


def _require_undo(case: Case, last: Decision | None, origin: Origin | None, by: User, now: dt.datetime) -> None:
    """Raise Denied or Stale unless ``by`` may undo the latest decision; it is no longer due for release then."""
    gone = ReleaseDue.objects.filter(decision=last).delete()[0] if last else 0
    released = bool(last and last.release_at and (not gone or _at_once(case, last)))
    if case.state in State.PAUSED and last and case.decision_id != last.pk:
        last = None  # it waits for another reason than the decision
    if last and origin and not released:
        calling_back.require(case, last, origin, by, now)
        return
    rules.undo(case.ref, case.state, decided_by=last.by_id if last else None, me=by.pk, released=released).require()


def _claim_again(case: Case, by: User, now: dt.datetime) -> str:
    """Claim an undone case for its reviewer; otherwise say why it is open instead."""
    locks.let_go([case.pk])
    if not rules.hold_more(locks.held_by(by, now), limit=case.queue.hold_limit):
        kept_ready.give_back(by)
    if not rules.hold_more(locks.held_by(by, now), limit=case.queue.hold_limit):
        return "you hold as many cases as you may"
    return "" if locks.take(case, by_id=by.pk, now=now) else "a related case is claimed"


def reverse(*, case: Case, reason: str, by: User) -> Decision:
    """Reverse a released decision: a decision of its own, which the feed carries too. The case is open again.

    Raises Denied without the permission, Invalid without a reason, Stale when there is nothing released to reverse.
    """
    now = timezone.now()
    with log.transaction(by=by, purpose="decide"):
        case = locks.lock_to_decide(case)
        reversal = reversing.reverse_standing(case, reason=reason, by=by, now=now)
        contradictions.end(case)
    return reversal


def _carry_on(case: Case, spec: Verdict, decision: Decision, onwards: Queue | None, until: Until | None) -> None:
    """Move the case to where its verdict sends it."""
    verb = "transfer" if onwards else "propose" if decision.proposes else str(spec.then)
    rules.move(case.ref, case.state, verb).require()
    case.state = after(case.state, verb) or State(case.state)
    if onwards or decision.proposes or case.state not in State.UNRESOLVED:
        handing.ended(case, by=decision.by)
    case.proposal = decision if decision.proposes else None
    if onwards:
        case.queue = onwards
        case.severity = spec.severity_there or case.severity
        case.priority = case.severity * BASE + HANDED_ON
        case.due_at = sla.due_for(plans.policies(), onwards.pk, case.severity, decision.decided_at)
        case.revision += 1
        case.save(update_fields=["state", "queue", "severity", "priority", "due_at", "revision", "proposal"])
        return
    case.decision = decision if case.state != State.OPEN else None
    case.wake_at = until if case.state == State.DEFERRED and isinstance(until, dt.datetime) else None
    case.past_cutover = case.state == State.DEFERRED and decision.past_cutover
    case.revision += decision.proposes
    case.save(update_fields=["state", "decision", "wake_at", "past_cutover", "proposal", "revision"])


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
