"""Claims end in the transaction in which their holder may no longer work the case.

The role is gone, or the account; or a report moved the case to a queue that they do not work.
"""

from __future__ import annotations

from collections.abc import Iterable

from console.audit import log
from console.fact_changes import Change
from console.people import permissions
from console.people.causes import PeopleCause
from console.people.models import User
from console.waves import locks as wave_locks
from triage.cases.actions import locks
from triage.cases.models import Case, Claim, State


def hear(change: Change) -> None:
    """End the claims of those who may not work the queue any longer, at once and not when the lease ends."""
    held = Claim.objects.select_related("by", "case__queue").order_by("case_id")
    if change.cause != PeopleCause.ROLES_SYNCED:
        held = held.filter(by__username=change.about)
    lost = [claim for claim in held if not _still_works(claim)]
    if lost:
        _end(lost, by=change.by)


def moved(cases: Iterable[int], *, by: User) -> None:
    """End the claims on locked cases that a report moved, where the holder may not work the queue they are in now."""
    held = Claim.objects.select_related("by", "case__queue").filter(case__in=list(cases)).order_by("case_id")
    if lost := [claim for claim in held if not _still_works(claim)]:
        _let_go(lost, by=by)


def _still_works(claim: Claim) -> bool:
    permissions.forget(claim.by)
    return claim.by.is_active and permissions.may(claim.by, "cases.work_queue", claim.case.queue)


def _end(lost: Iterable[Claim], *, by: User) -> None:
    """In the order in which everything locks: waves, then cases by number."""
    wave_locks.lock_shared(sorted({claim.case.wave_id for claim in lost}))
    _let_go(lost, by=by)


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
