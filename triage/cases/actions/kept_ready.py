"""Giving back the case that is kept ready for a person, in the caller's transaction."""

from __future__ import annotations

from console.audit import log
from console.people.models import User
from triage.cases.actions import locks
from triage.cases.models import Case, Claim, State


def kept_for(person: User) -> Claim | None:
    """The claim ahead of a person, run out or not."""
    return Claim.objects.filter(by=person, ahead=True).select_related("case__queue").first()


def give_back(by: User) -> Case | None:
    """End the claim ahead of this person, whose row is locked, and log it. None when there is none."""
    kept = kept_for(by)
    if kept is None:
        return None
    case = locks.lock(kept.case)
    locks.let_go([case.pk])
    Case.objects.filter(pk=case.pk, state=State.CLAIMED).update(state=State.OPEN)
    log.record("case.given_back", subject=case, by=by, facts={"ahead": True})
    return case
