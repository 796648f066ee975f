"""Reverse settled decisions: their reversals are written, and their cases are open again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from console import fact_changes
from console.errors import Stale
from console.people import permissions
from console.people.models import User
from triage.cases import kinds, rules
from triage.cases.actions import locks, reports
from triage.cases.actions.drafts import Draft, write
from triage.cases.causes import CaseCause
from triage.cases.models import Case, Decision, ReleaseDue, State
from triage.queues import plans, sla
from triage.queues.routing import BASE, REVERSED


def reverse_standing(case: Case, *, reason: str, by: User, now: dt.datetime, released_only: bool = True) -> Decision:
    """Reverse the decision that stands on a locked case. Raises Denied, Invalid without a reason, Stale without one.

    A released decision is reversed in the feed. One that was not released yet never will be, and the feed says nothing:
    only an adjudication reverses such a one.
    """
    locks.unfrozen(case)
    allowed = permissions.may(by, "cases.reverse_decision", case.queue)
    released = case.state in State.IN_FEED
    verb = "reverse" if released or released_only else "overrule"
    rules.reverse(case.ref, case.state, allowed=allowed, reason=reason, verb=verb).require()
    due = ReleaseDue.objects.filter(decision=case.decision)
    if not released:
        due.delete()
    verdict, release_at = (kinds.REVERSE, now) if released else (kinds.UNDO, None)
    reversal = write(case, by, now, Draft(verdict, note=reason, reverses=case.decision, release_at=release_at))
    reports.apply_noted(case, case.decision, now)
    case.state, case.decision, case.verified_run = State.OPEN, None, None
    case.priority = case.severity * BASE + REVERSED
    case.due_at = sla.due_for(plans.policies(), case.queue_id, case.severity, now)
    case.revision += 1
    case.save(update_fields=["state", "decision", "verified_run", *reports.COLUMNS])
    fact_changes.publish(CaseCause.REVERSED, waves=case.waves, by=by, about=case.ref)
    return reversal


def overrule(
    cases: Iterable[Case], decisions: Sequence[int], *, may_be: Iterable[int], reason: str, by: User, now: dt.datetime
) -> None:
    """Reverse these decisions on other locked cases, which they are to stand on. ``may_be``: those in question."""
    standing = {case.decision_id: case for case in cases}
    for decision in decisions:
        if decision not in standing:
            raise Stale(f"Decision {decision} no longer stands. Review the changes, then decide.")
        rules.overrule(decision, in_question=decision in set(may_be)).require()
        reverse_standing(standing[decision], reason=reason, by=by, now=now, released_only=False)
