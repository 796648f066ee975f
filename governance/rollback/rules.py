"""What a rehearsal proves, when a trigger fires, who decides, and until when a rollback is safe. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from console.answers import Allowed, Answer, Forbidden
from console.errors import Invalid
from console.people.models import User
from console.ui import dates
from governance.measures.comparison import INEQUALITIES, Comparison
from governance.measures.readings import Point
from governance.rollback.models import Alarm, Rehearsal, RehearsalKind, RollbackPlan
from governance.rollback.values import PlanDraft, TriggerDraft

#: A rehearsal counts for so many days, and only with so large a share of production's records (in hundredths).
REHEARSED_WITHIN: Final = dt.timedelta(days=30)
VOLUME: Final = 90
TRIGGERS: Final = 20
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_MINUTES: Final = 60 * 24 * 60


# Rehearsals


def why_not(rehearsal: Rehearsal, *, digest: str, rto: int, now: dt.datetime) -> tuple[str, ...]:
    """Why a rehearsal does not count for the plan of that digest; empty when it does.

    It counts if it was of the very plan, moved data, succeeded, is not older than thirty days, had at least nine tenths
    of production's records, and was back within the recovery time objective (``rto``, minutes).
    """
    reasons = []
    if not digest or rehearsal.digest != digest:
        reasons.append("for an earlier version of the plan")
    if rehearsal.kind == RehearsalKind.TABLETOP:
        reasons.append("tabletop exercise (no data moved)")
    if not rehearsal.succeeded:
        reasons.append("it did not succeed")
    if now - rehearsal.finished_at > REHEARSED_WITHIN:
        age = (now - rehearsal.finished_at).days
        reasons.append(f"{age} days ago (limit: {REHEARSED_WITHIN.days} days)")
    if rehearsal.records * 100 < rehearsal.production_records * VOLUME:
        reasons.append(f"{_share(rehearsal)} of production volume (minimum: {VOLUME}%)")
    if rehearsal.rollback_minutes > rto:
        reasons.append(f"rollback took {rehearsal.rollback_minutes} min (RTO: {rto} min)")
    return tuple(reasons)


def _share(rehearsal: Rehearsal) -> str:
    """The share of production's records, never rounded up: 899 of 1000 are 89.9%."""
    thousandths = rehearsal.records * 1000 // rehearsal.production_records
    return f"{thousandths // 10}.{thousandths % 10}%"


def point_of_no_return(plan: RollbackPlan, minutes: Sequence[int]) -> dt.datetime | None:
    """The latest time to begin a rollback that ends, with its margin, before the window does. None unrehearsed.

    ``minutes``: how long each counting rehearsal took; the slowest is believed.
    """
    return plan.window_end - dt.timedelta(minutes=max(minutes) + plan.margin) if minutes else None


def may_record(
    *, started_at: dt.datetime, finished_at: dt.datetime, minutes: int, production: int, now: dt.datetime
) -> Answer:
    """May a rehearsal be recorded with these figures?"""
    if finished_at <= started_at:
        return Forbidden("The rehearsal ended before it began.", Invalid)
    if finished_at > now:
        return Forbidden("The rehearsal ends in the future; record it once it is over.", Invalid)
    if production < 1:
        return Forbidden("Enter the number of records in production.", Invalid)
    if dt.timedelta(minutes=minutes) > finished_at - started_at + dt.timedelta(minutes=1):
        return Forbidden("The rollback took longer than the whole rehearsal.", Invalid)
    return Allowed()


# Triggers and alarms


def in_a_row(points: Sequence[Point], operator: Comparison, threshold: Fraction, *, gap: dt.timedelta) -> int:
    """How many of the latest points, without a gap longer than that between two of them, cross the threshold."""
    count, later = 0, None
    for point in reversed(points):
        if not operator.holds(point.value, threshold) or (later is not None and later - point.at > gap):
            break
        count, later = count + 1, point.at
    return count


def watched(plan: RollbackPlan, now: dt.datetime) -> bool:
    """Triggers are watched while the window is open: before it there is nothing to roll back, after it no way to."""
    return plan.window_start <= now <= plan.window_end


def may_call(plan: RollbackPlan, alarm: Alarm | None, now: dt.datetime) -> Answer:
    """Whether a person may raise an alarm manually. ``alarm``: the open one of the same trigger, if any."""
    if now < plan.window_start:
        return Forbidden("The cutover window has not opened yet.")
    if now > plan.window_end:
        return Forbidden("The cutover window has closed. Rollback is no longer available: fix forward.")
    return Forbidden("This alarm is already open and waiting for a decision.") if alarm else Allowed()


def may_answer(person: User, plan: RollbackPlan, alarm: Alarm, now: dt.datetime) -> Answer:
    """May this person answer? The authority of the live plan, and the deputy once the time to decide has passed."""
    if alarm.answer:
        return Forbidden(f"{alarm.answered_by} has already decided: {alarm.get_answer_display().lower()}.")
    if person.pk == plan.authority_id:
        return Allowed()
    if person.pk != plan.deputy_id:
        return Forbidden(f"Only {plan.authority}, or {plan.deputy} after the deadline, can decide.")
    if now < alarm.decide_by:
        return Forbidden(
            f"{plan.authority} has until {dates.utc(alarm.decide_by)} to decide. You can decide after that."
        )
    return Allowed()


# What a plan must say


def may_write(draft: PlanDraft) -> Answer:
    """Does the plan hold together?"""
    return _people(draft) and _times(draft) and _texts(draft) and _triggers(draft.triggers)


def may_decide(person: User, *, sees: bool) -> Answer:
    """Can this person be the authority or the deputy? They must be able to sign in and to see the wave."""
    if person.is_active and person.is_person and sees:
        return Allowed()
    return Forbidden(f"{person} needs an active account and access to this wave.", Invalid)


def _people(draft: PlanDraft) -> Answer:
    if draft.authority.pk == draft.deputy.pk:
        return Forbidden("The deputy must be a different person.", Invalid)
    return Allowed()


def _times(draft: PlanDraft) -> Answer:
    minutes = (draft.decide_within, draft.margin, draft.rto, draft.rpo, draft.mtd)
    if not all(0 <= length <= _MINUTES for length in minutes) or not draft.decide_within or not draft.rto:
        return Forbidden("Enter 0 to 86,400 minutes. Decision time and RTO must be at least 1.", Invalid)
    if draft.window_end <= draft.window_start:
        return Forbidden("The window ends before it begins.", Invalid)
    if draft.rto > draft.mtd:
        return Forbidden("The RTO must not exceed the MTD.", Invalid)
    if draft.window_end - draft.window_start <= dt.timedelta(minutes=draft.rto + draft.margin):
        return Forbidden("The window is too short for the RTO plus the margin.", Invalid)
    return Allowed()


def _texts(draft: PlanDraft) -> Answer:
    for text, what in (
        (draft.transport, "how interfaces and sign-ins are turned back"),
        (draft.data, "what happens to data written after the cutover"),
        (draft.steps, "the steps of activation, recovery and reconstitution"),
    ):
        if not text.strip():
            return Forbidden(f"The plan does not say {what}.", Invalid)
    if bool(draft.runbook_title) != bool(draft.runbook_digest):
        return Forbidden("Enter both the runbook title and its SHA-256.", Invalid)
    if draft.runbook_digest and not _SHA256.fullmatch(draft.runbook_digest):
        return Forbidden("A runbook's digest is a SHA-256: 64 digits and letters a to f.", Invalid)
    return Allowed()


def _triggers(triggers: Sequence[TriggerDraft]) -> Answer:
    if not 1 <= len(triggers) <= TRIGGERS:
        return Forbidden(f"Add 1 to {TRIGGERS} triggers (manual triggers count).", Invalid)
    if len({trigger.code for trigger in triggers}) < len(triggers):
        return Forbidden("Two triggers have the same name.", Invalid)
    for trigger in triggers:
        bound = trigger.operator in INEQUALITIES and trigger.threshold is not None and trigger.threshold.is_finite()
        if trigger.measure and not (bound and 1 <= trigger.consecutive <= 100):
            return Forbidden(f"{trigger.title}: say beyond which value it fires, in how many readings.", Invalid)
        if not trigger.title.strip() or not trigger.code:
            return Forbidden("Every trigger has a name.", Invalid)
    return Allowed()
