"""Claims and assignments end in the transaction in which their person may no longer work the case.

The role is gone, or the account; or a report moved the case to a queue that they do not work.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from console.audit import log
from console.fact_changes import Change
from console.people import permissions
from console.people.causes import PeopleCause
from console.people.models import User
from console.waves import locks as wave_locks
from triage.cases import colleagues
from triage.cases.actions import handing, locks
from triage.cases.models import Case, Claim, State
from triage.queues.models import Queue


@dataclass(frozen=True, slots=True)
class _Assigned:
    """The cases of a queue that are assigned to a person who may not work it."""

    person: User
    cases: list[int]


def hear(change: Change) -> None:
    """End the claims and assignments of those who may not work the queue, at once and not when the lease ends."""
    about = None if change.cause == PeopleCause.ROLES_SYNCED else change.about
    held = Claim.objects.select_related("by", "case__queue").order_by("case_id")
    if about is not None:
        held = held.filter(by__username=about)
    lost = [claim for claim in held if not _works(claim.by, claim.case.queue)]
    assigned = _assigned(about)
    if lost or assigned:
        _end(lost, assigned, by=change.by)


def moved(cases: Iterable[int], *, by: User) -> None:
    """End the claims on locked cases that a report moved, where the holder may not work the queue they are in now."""
    held = Claim.objects.select_related("by", "case__queue").filter(case__in=list(cases)).order_by("case_id")
    if lost := [claim for claim in held if not _works(claim.by, claim.case.queue)]:
        _let_go(lost, by=by)


def _works(person: User, queue: Queue) -> bool:
    permissions.forget(person)
    return person.is_active and permissions.may(person, "cases.work_queue", queue)


def _assigned(username: str | None) -> list[_Assigned]:
    """The assignments to that person (None: to every person) in queues that they may not work."""
    people = colleagues.assignees()
    if username is not None:
        people = people.filter(username=username)
    queues = list(Queue.objects.order_by("pk"))
    found = []
    for person in people.order_by("pk"):
        out = [queue for queue in queues if not _works(person, queue)]
        theirs = Case.objects.filter(assignee=person, queue__in=out).order_by("pk")
        if cases := list(theirs.values_list("pk", flat=True)):
            found.append(_Assigned(person, cases))
    return found


def _end(lost: Iterable[Claim], assigned: Iterable[_Assigned], *, by: User) -> None:
    """In the order in which everything locks: waves, then cases by number."""
    wave_locks.lock_shared(sorted({claim.case.wave_id for claim in lost}))
    wanted = [claim.case_id for claim in lost] + [case for one in assigned for case in one.cases]
    locks.lock_numbers(wanted)
    _let_go(lost, by=by)
    for one in assigned:
        ended = handing.end_all(one.cases, one.person, by=by)
        if ended:
            facts = {"person": one.person.username, "count": ended}
            log.record("case.assignments_lost", subject=one.person, by=by, facts=facts)


def _let_go(lost: Iterable[Claim], *, by: User) -> None:
    holders: dict[int, int] = {claim.case_id: claim.by_id for claim in lost}
    for case in Case.objects.select_for_update().filter(pk__in=holders).order_by("pk"):
        if not Claim.objects.filter(case=case, by_id=holders[case.pk]).exists():
            continue  # it ended while this waited
        locks.let_go([case.pk])
        if case.state == State.CLAIMED:
            case.state = State.OPEN
            case.save(update_fields=["state"])
        log.record("case.claim_lost", subject=case, by=by, facts={"holder": holders[case.pk]})
