"""Claims: a time-limited lease on a case for one person, and what a person may do with it before deciding."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone

from console.audit import log
from console.audit.log import Receipt
from console.errors import Denied
from console.people import permissions
from console.people.models import User
from triage.cases import asking, queries, rules
from triage.cases.actions import handing, kept_ready, locks
from triage.cases.machine import after
from triage.cases.models import Case, Claim, HeldRecord, State
from triage.queues.models import Queue


@dataclass(frozen=True, slots=True)
class Claimed:
    """A claim just made or renewed."""

    case: Case
    expires_at: dt.datetime


def claim(*, case: Case, by: User) -> Claimed:
    """Claim one case. Raises Denied, or Stale while it or a sibling case is claimed, or ``by`` holds their limit."""
    now = timezone.now()
    with log.transaction(by=by, purpose="claim"):
        locks.lock_person(by)
        kept_ready.give_back(by)
        held = locks.held_by(by, now)
        locks.sweep(now)
        case = locks.lock(case)
        rules.claim(
            case.ref,
            case.state,
            holder=_live(locks.holder(case), now),
            me=by.pk,
            works=permissions.may(by, "cases.work_queue", case.queue),
            assigned_to=_assigned_elsewhere(case, by),
            **queries.part_in(case, by.pk),
        ).require()
        rules.hold_more(held, limit=case.queue.hold_limit).require()
        # The sweep passes over a case that was locked just then; its lapsed claim ends here.
        locks.let_go([case.pk])
        expires_at = locks.take(case, by_id=by.pk, now=now)
        if expires_at is None:
            rules.sibling(case.ref, _sibling(case)).require()
        _move(case, State.CLAIMED)
        log.record("case.claimed", subject=case, by=by, facts={"queue": case.queue.slug, "until": str(expires_at)})
    return Claimed(case, expires_at or now)


def renew(*, case: Case, by: User) -> Claimed:
    """Restart the lease. Raises Stale when it has expired or belongs to another reviewer."""
    now = timezone.now()
    with log.transaction(by=by, purpose="claim"):
        case = locks.lock(case)
        rules.hold(case.ref, locks.holder(case), me=by.pk, now=now).require()
        expires_at = now + dt.timedelta(seconds=case.queue.lease_seconds)
        Claim.objects.filter(case=case).update(expires_at=expires_at, ahead=False)
        log.record("case.renewed", subject=case, by=by, facts={"until": str(expires_at)})
    return Claimed(case, expires_at)


def release_claim(*, case: Case, by: User) -> Case:
    """Release one's own claim; the case is open again. Raises Stale when there is no claim to release."""
    with log.transaction(by=by, purpose="claim"):
        case = locks.lock(case)
        rules.hold(case.ref, locks.holder(case), me=by.pk, now=timezone.now()).require()
        _free(case)
        log.record("case.given_back", subject=case, by=by)
    return case


def remove_claim(*, case: Case, reason: str, to: User | None = None, tells: bool = True, by: User) -> Case:
    """Remove another reviewer's claim (queue leads), and hand the case over ``to`` a colleague if one is named.

    Who held it is told, unless the caller does so (not ``tells``). Raises Denied; Invalid without a reason, or for a
    colleague who cannot have the case; Stale without a claim.
    """
    with log.transaction(by=by, purpose="claim"):
        if to:
            locks.lock_person(to)
        case = locks.lock(case)
        allowed = permissions.may(by, "cases.manage_queue", case.queue)
        rules.remove_claim(case.ref, case.state, allowed=allowed, reason=reason).require()
        held, facts = locks.holder(case), {"reason": reason.strip()}
        if to:
            handing.pass_on(case, handing.hands_of(case), to, why=reason, by=by)
            facts["to"] = to.username
        else:
            if tells:
                handing.tell_removed(case, held, by=by)
            _free(case)
        log.record("case.taken_away", subject=case, by=by, facts=facts | {"holder": held.user_id if held else None})
    return case


def resume(*, case: Case, by: User) -> Case:
    """Resume a deferred or waiting case before its time: the information has come. Raises Denied, Stale."""
    with log.transaction(by=by, purpose="claim"):
        case = locks.lock(case)
        permissions.require(by, "cases.work_queue", case.queue, to="resume cases of this queue")
        verb = "wake" if case.state == State.DEFERRED else "answer"
        rules.move(case.ref, case.state, verb).require()
        case.state, case.wake_at, case.past_cutover, case.decision = State.OPEN, None, False, None
        case.revision += 1
        case.save(update_fields=["state", "wake_at", "past_cutover", "decision", "revision"])
        if verb == "answer":
            asking.end(case, resumed=True, by=by)
        log.record("case.resumed", subject=case, by=by)
    return case


def reveal(*, case: Case, by: User, fields: Iterable[str] = ()) -> Receipt:
    """Book that this person sees patient fields unmasked; answer with them only after this returns. Raises Denied.

    ``fields`` are names of fields, never values; none means all.
    """
    if not permissions.may(by, "cases.reveal_patient", case.queue):
        raise Denied("Your roles do not allow you to reveal patient fields of this queue.")
    return log.record_access("case.revealed", subject=case, by=by, facts={"fields": sorted(fields)})


def opened(*, case: Case, by: User, via: str = "page") -> Receipt:
    """Book that this person looks at a case; answer only after this returns. Raises Denied."""
    if not permissions.may(by, "cases.see_queue", case.queue):
        raise Denied("Your roles do not allow you to see the cases of this queue.")
    return log.record_access("case.opened", subject=case, by=by, facts={"door": via, "revision": case.revision})


def listed(*, queues: Iterable[Queue], query: str, by: User) -> Receipt:
    """Book that this person lists cases of these queues by this filter; answer only after this returns."""
    facts = {"queues": [queue.slug for queue in queues], "query": query}
    return log.record_access("queue.listed", subject="queues", by=by, facts=facts)


def _free(case: Case) -> None:
    locks.let_go([case.pk])
    _move(case, after(State.CLAIMED, "end_claim") or State.OPEN)


def _move(case: Case, state: State) -> None:
    case.state = state
    Case.objects.filter(pk=case.pk).update(state=state)


def _live(held: rules.Holder | None, now: dt.datetime) -> rules.Holder | None:
    return held if held and held.expires_at > now else None


def _assigned_elsewhere(case: Case, by: User) -> str:
    """The colleague a case is assigned to, unless ``by`` leads the queue; empty for one's own and for none."""
    if case.assignee_id in {None, by.pk} or permissions.may(by, "cases.manage_queue", case.queue):
        return ""
    return str(case.assignee)


def _sibling(case: Case) -> str:
    other = HeldRecord.objects.filter(record_key__in=case.record_keys).exclude(case=case).first()
    return f"EX-{other.case_id}" if other else ""
