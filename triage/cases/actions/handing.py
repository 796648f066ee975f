"""Handing a case to a named colleague, and back to its queue.

An open case that is assigned to a person is offered to that person alone, and first. Nothing is decided by it, so a
frozen wave does not stop it. The assignment ends when the case is decided, withdrawn or moved to another queue, which a
trigger sees to (``sql/assignment.sql``), when the person may no longer work the queue (``lost_claims``), and by hand.

Locks: the colleague, then the case, as wherever claims are made.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.urls import reverse
from django.utils import timezone

from console.audit import log
from console.notices import actions as notices
from console.notices.models import Notice
from console.people import permissions
from console.people.models import User
from triage.cases import handing_rules, queries
from triage.cases.actions import locks
from triage.cases.handing_rules import Colleague, Hands
from triage.cases.models import Case, Claim, Handover, State
from triage.cases.rules import Holder
from triage.queues.queries import MANAGE, WORK

#: Kinds of notices.
HANDED_OVER: Final = "case.handed_over"
TAKEN_AWAY: Final = "case.taken_away"


def hand_over(*, case: Case, to: User, why: str, by: User, seen: int | None = None, tells: bool = True) -> Case:
    """Hand a case to a colleague: who holds it, who it is assigned to, or a lead. A claim on it ends; it is open again.

    ``seen``: who it was assigned to when ``by`` looked at it (0: no person); by default who ``case`` says. What the
    holder typed stays theirs. Those concerned are told, unless a caller who hands over many cases does so (not
    ``tells``). Raises Denied; Stale when the case is not as seen, or not open; Invalid for a colleague who cannot have
    it, or without a reason.
    """
    with log.transaction(by=by, purpose="claim"):
        locks.lock_person(to)
        case, looked_at = locks.lock(case), (case.assignee_id or 0) if seen is None else seen
        hands = hands_of(case)
        handing_rules.seen(hands, looked_at).require()
        leads = permissions.may(by, MANAGE, case.queue)
        handing_rules.hand_over(hands, me=by.pk, leads=leads).require()
        pass_on(case, hands, to, why=why, tells=tells, by=by)
        facts = {"to": to.username, "before": _had(hands) or None}
        log.record("case.handed_over", subject=case, by=by, facts=facts)
    return case


def take_back(*, case: Case, why: str, tells: bool = True, by: User) -> Case:
    """End the assignment of a case: it is offered to all who work its queue again. A claim on it stays.

    For who it is assigned to, and for leads. Raises Denied, Stale without an assignment, Invalid without a reason.
    """
    with log.transaction(by=by, purpose="claim"):
        case = locks.lock(case)
        hands = hands_of(case)
        handing_rules.take_back(hands, me=by.pk, leads=permissions.may(by, MANAGE, case.queue)).require()
        handing_rules.why(why).require()
        _note(case, hands.assignee, None, why=why, by=by)
        Case.objects.filter(pk=case.pk).update(assignee=None, assigned_at=None)
        ended(case, by=by)
        log.record("case.taken_back", subject=case, by=by, facts={"before": hands.assignee})
        if tells:
            _tell_loss(case, hands.assignee, f"{case.ref} is no longer assigned to you.", by=by)
    return case


def hands_of(case: Case) -> Hands:
    """Whose a locked case is."""
    held = locks.holder(case)
    return Hands(
        case.ref,
        case.state,
        held if held and held.expires_at > timezone.now() else None,
        case.assignee_id or 0,
        str(case.assignee or ""),
    )


def pass_on(case: Case, hands: Hands, to: User, *, why: str, tells: bool = True, by: User) -> None:
    """Assign a locked case to a locked colleague, end the claim on it, and tell who has it now and who had it.

    The caller has asked whether ``by`` may, and logs it. Raises Invalid.
    """
    handing_rules.receive(hands, _colleague(case, to)).require()
    handing_rules.why(why).require()
    held = _held_knowingly(case, hands)
    _note(case, _had(hands), to, why=why, by=by)
    before = hands.assignee
    locks.let_go([case.pk])
    case.state = State.OPEN
    ended(case, by=by)
    case.assignee, case.assigned_at = to, timezone.now()
    case.save(update_fields=["state", "assignee", "assigned_at"])
    if not tells:
        return
    if to.pk != by.pk:
        notices.tell(to=[to], kind=HANDED_OVER, subject=case.ref, sentence=_handed(case, by), path=_path(case), by=by)
    lost = f"{case.ref} was handed over to {to}."
    for person in {held, before} - {0, to.pk}:
        _tell_loss(case, person, lost, by=by)


def give_back(case: Case, to: User, *, why: str, by: User) -> bool:
    """Assign a locked open case to a locked person who had it before, if they may have it now; whether they have it.

    The caller logs it and tells them.
    """
    hands = hands_of(case)
    if not handing_rules.receive(hands, _colleague(case, to)):
        return False
    _note(case, _had(hands), to, why=why, by=by)
    case.assignee, case.assigned_at = to, timezone.now()
    case.save(update_fields=["assignee", "assigned_at"])
    return True


def end_all(cases: Sequence[int], person: User, *, by: User) -> int:
    """End what of these locked cases is still assigned to this person, who may not work them; returns how many."""
    mine = Case.objects.filter(pk__in=cases, assignee=person)
    ended = mine.update(assignee=None, assigned_at=None)
    open_notices = Notice.objects.filter(to=person, kind=HANDED_OVER, read_at=None, over_at=None)
    for path in set(open_notices.values_list("path", flat=True)) & {_path(Case(pk=number)) for number in cases}:
        notices.settle(kinds=[HANDED_OVER], path=path, to=[person], by=by)
    return ended


def tell_removed(case: Case, held: Holder | None, *, by: User) -> None:
    """Tell who holds a locked case that their claim is removed."""
    if held and not _kept_ahead(case):
        _tell_loss(case, held.user_id, f"Your claim on {case.ref} was removed.", by=by)


def ended(case: Case, *, by: User) -> None:
    """The assignment of a locked case, as read before, is over in the database: its notice asks for nothing now."""
    if case.assignee_id is None:
        return
    notices.settle(kinds=[HANDED_OVER], path=_path(case), to=[User(pk=case.assignee_id)], by=by)
    case.assignee, case.assigned_at = None, None


def _held_knowingly(case: Case, hands: Hands) -> int:
    """Who holds the case and has seen it; 0 for one that is only kept ready for a person."""
    return hands.holder.user_id if hands.holder and not _kept_ahead(case) else 0


def _kept_ahead(case: Case) -> bool:
    return Claim.objects.filter(case=case, ahead=True).exists()


def _had(hands: Hands) -> int:
    return hands.holder.user_id if hands.holder else hands.assignee


def _colleague(case: Case, to: User) -> Colleague:
    permissions.forget(to)  # their row is locked: what they may do now is what counts
    fresh = User.objects.get(pk=to.pk)
    return Colleague(
        fresh.pk,
        str(fresh),
        is_person=fresh.is_person,
        active=fresh.is_active,
        works=permissions.may(fresh, WORK, case.queue),
        part_in=queries.part_in(case, fresh.pk),
    )


def _note(case: Case, before: int, to: User | None, *, why: str, by: User) -> None:
    Handover.objects.create(case=case, before_id=before or None, to=to, by=by, why=why.strip(), at=timezone.now())


def _handed(case: Case, by: User) -> str:
    """What the colleague is told: never the reason, which is free text."""
    return f"{by} handed {case.ref} over to you. {case.get_severity_display()} severity, queue “{case.queue}”."


def _tell_loss(case: Case, person: int, sentence: str, *, by: User) -> None:
    to = User.objects.filter(pk=person).exclude(pk=by.pk)
    notices.tell(to=to, kind=TAKEN_AWAY, subject=case.ref, sentence=sentence, path=_path(case), by=by)


def _path(case: Case) -> str:
    """Where notices about a case lead."""
    return reverse("cases:case", args=[case.ref])
