"""The only writers of rollback plans, rehearsals and alarms. Nothing here rolls anything back: people do."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone

from console import fact_changes
from console.audit import log
from console.errors import Invalid, Stale
from console.notices import actions as notices
from console.people.models import User
from console.people.permissions import may, require
from console.ui import dates
from console.waves import locks as wave_locks
from console.waves.models import Wave
from governance import versions
from governance.measures import queries as measures
from governance.rollback import queries, rules, values, watch
from governance.rollback.causes import RollbackCause
from governance.rollback.models import Alarm, Answer, Rehearsal, RollbackPlan, RollbackTrigger
from governance.rollback.values import PlanDraft

MANAGE: Final = "waves.manage_rollback"
_OBSERVED: Final = 200


def write_plan(*, wave: Wave, draft: PlanDraft, reason: str, seen: int | None = None, by: User) -> RollbackPlan:
    """Write a new version of the wave's plan; rehearsals of another digest no longer count, signatures on it fall.

    ``seen`` is the version that the writer had before them (0: none). Raises Denied, Invalid, and Stale when another
    person has written one in the meantime.
    """
    require(by, MANAGE, wave, to="write this wave's rollback plan")
    rules.may_write(draft).require()
    for person in (draft.authority, draft.deputy):
        rules.may_decide(person, sees=may(person, "waves.view_wave", wave)).require()
    unknown = {trigger.measure for trigger in draft.triggers if trigger.measure}
    unknown -= set(measures.definitions(unknown))
    if unknown:
        raise Invalid(f"There is no measure called {', '.join(sorted(unknown))}.")
    if not reason.strip():
        raise Invalid("Say why this version is written.")
    with log.transaction(by=by, purpose="write_plan"):
        wave_locks.lock_exclusive([wave.pk])
        last = queries.live_plan(wave)
        number = versions.next_number(last, seen, "The rollback plan")
        digest = values.digest(wave.slug, draft)
        if last is not None and last.digest == digest:
            raise Invalid("No changes to save.")
        plan = _store(wave, draft, number, digest, reason.strip(), by)
        facts = {"version": plan.version, "digest": digest, "triggers": len(draft.triggers)}
        log.record("rollback.plan_written", subject=wave, by=by, facts=facts)
        _tell_new_authority(plan, last, by)
        fact_changes.publish(RollbackCause.PLAN_WRITTEN, waves=[wave.pk], by=by, about=wave.slug)
    return plan


def rehearse(
    *,
    plan: RollbackPlan,
    kind: str,
    started_at: dt.datetime,
    finished_at: dt.datetime,
    planned_minutes: int,
    rollback_minutes: int,
    records: int,
    production_records: int,
    succeeded: bool,
    report: str,
    defects: str = "",
    by: User,
) -> Rehearsal:
    """Record a rehearsal of this version of the plan, whether or not it went well. Raises Denied or Invalid."""
    wave = plan.wave
    require(by, MANAGE, wave, to="record rehearsals of this wave's rollback")
    now = timezone.now()
    rules.may_record(
        started_at=started_at, finished_at=finished_at, minutes=rollback_minutes, production=production_records, now=now
    ).require()
    if not report.strip():
        raise Invalid("Enter an after-action report.")
    with log.transaction(by=by, purpose="rehearse"):
        wave_locks.lock_shared([wave.pk])
        row = Rehearsal.objects.create(
            plan=plan, digest=plan.digest, kind=kind, started_at=started_at, finished_at=finished_at,
            planned_minutes=planned_minutes, rollback_minutes=rollback_minutes, records=records,
            production_records=production_records, succeeded=succeeded, defects=defects.strip(),
            report=report.strip(), by=by, at=now,
        )  # fmt: skip
        facts = {"version": plan.version, "kind": row.get_kind_display(), "minutes": rollback_minutes}
        log.record("rollback.rehearsed", subject=wave, by=by, facts=facts | {"succeeded": succeeded})
        fact_changes.publish(RollbackCause.REHEARSED, waves=[wave.pk], by=by, about=wave.slug)
    return row


def call_alarm(*, trigger: RollbackTrigger, why: str, by: User) -> Alarm:
    """A person raises the alarm; anybody who sees the wave may. Raises Denied, Missing, or Invalid without a reason."""
    wave = trigger.plan.wave
    require(by, "waves.view_wave", wave, to="raise an alarm on this wave")
    plan = queries.live_plan(wave)
    if plan is None or trigger.plan_id != plan.pk:
        raise Stale("The rollback plan has a new version; call the alarm from there.")
    if not why.strip() or len(why) > _OBSERVED:
        raise Invalid(f"Describe what you see in at most {_OBSERVED} characters.")
    now = timezone.now()
    rules.may_call(plan, _open(wave, trigger.code), now).require()
    raised = _raise(plan, trigger, why.strip(), now=now, by=by)
    if raised is None:
        raise Stale("Another person raised this alarm at the same time.")
    return raised


def answer_alarm(*, alarm: Alarm, answer: str, reason: str, by: User) -> Alarm:
    """Say what is done: roll back, or go on. The authority's to say, and the deputy's after the time to decide.

    Repeating the same answer does nothing. Raises Denied, or Invalid without a reason.
    """
    if answer not in Answer.values:
        raise Invalid("Choose “Roll back” or “Continue”.")
    if not reason.strip():
        raise Invalid("Enter a reason.")
    with log.transaction(by=by, purpose="answer_alarm"):
        wave_locks.lock_shared([alarm.trigger.plan.wave_id])
        row = Alarm.objects.select_for_update(of=("self",)).select_related("trigger__plan__wave").get(pk=alarm.pk)
        wave, now = row.trigger.plan.wave, timezone.now()
        plan = queries.live_plan(wave)
        assert plan is not None
        if row.answer == answer and row.answered_by_id == by.pk:
            return row
        rules.may_answer(by, plan, row, now).require()
        row.answer, row.answer_reason, row.answered_by, row.answered_at = answer, reason.strip(), by, now
        row.save(update_fields=["answer", "answer_reason", "answered_by", "answered_at"])
        last = queries.point_of_no_return(wave, now)
        facts = {"answer": row.get_answer_display().lower(), "trigger": row.trigger.title, "alarm": row.pk}
        facts |= {"point_of_no_return": last.isoformat() if last else "unknown"}
        log.record("rollback.answered", subject=wave, by=by, facts=facts)
        path = reverse("rollback:alarm", args=[wave.slug, row.pk])
        notices.settle(kinds=["rollback.alarm", "rollback.unanswered"], path=path, by=by)
        _tell_answer(row, plan, by)
        fact_changes.publish(RollbackCause.ALARM_ANSWERED, waves=[wave.pk], by=by, about=wave.slug)
    return row


def sweep(*, by: User, now: dt.datetime | None = None) -> int:
    """Look at the triggers of every plan whose window is open: raise alarms, tell deputies, note what is over.

    Returns how many alarms were raised. Books one entry for each thing done.
    """
    now = now or timezone.now()
    plans = [plan for plan in queries.live_plans() if rules.watched(plan, now)]
    last = queries.latest_alarms([plan.wave_id for plan in plans])
    raised = 0
    for plan in plans:
        for seen in watch.look(plan, now):
            alarm = last.get((plan.wave_id, seen.trigger.code))
            if seen.state is watch.State.FIRES and (alarm is None or alarm.cleared_at):
                raised += _raise(plan, seen.trigger, seen.sentence, now=now, by=by) is not None
            elif alarm and alarm.answer and not alarm.cleared_at and seen.state is watch.State.QUIET:
                _clear(alarm, plan, now=now, by=by)
            elif alarm and not alarm.answer and not alarm.late_told_at and alarm.decide_by <= now:
                _tell_late(alarm, plan, now=now, by=by)
    return raised


def _store(wave: Wave, draft: PlanDraft, version: int, digest: str, reason: str, by: User) -> RollbackPlan:
    plain = ("authority", "deputy", "decide_within", "window_start", "window_end", "margin", "rto", "rpo", "mtd")
    texts = ("transport", "data_scope", "data", "steps", "runbook_title", "runbook_digest")
    said: dict[str, Any] = {name: getattr(draft, name) for name in (*plain, *texts)}
    plan = RollbackPlan.objects.create(
        wave=wave, version=version, digest=digest, reason=reason[:300], by=by, at=timezone.now(), **said
    )
    RollbackTrigger.objects.bulk_create(
        RollbackTrigger(
            plan=plan, code=one.code, title=one.title, measure=one.measure, dimension=one.dimension,
            operator=one.operator, threshold=one.threshold, consecutive=one.consecutive,
        )
        for one in draft.triggers
    )  # fmt: skip
    return plan


def _open(wave: Wave, code: str) -> Alarm | None:
    last = queries.latest_alarms([wave.pk]).get((wave.pk, code))
    return last if last and not last.answer else None


def _raise(plan: RollbackPlan, trigger: RollbackTrigger, why: str, *, now: dt.datetime, by: User) -> Alarm | None:
    """One alarm with its entry and its notices; None when it stands already."""
    said = why if len(why) <= _OBSERVED else f"{why[: _OBSERVED - 1]}…"
    decide_by = now + dt.timedelta(minutes=plan.decide_within)
    try:
        with log.transaction(by=by, purpose="alarm"):
            alarm = Alarm.objects.create(trigger=trigger, at=now, observed=said, raised_by=by, decide_by=decide_by)
            facts = {"trigger": trigger.title, "alarm": alarm.pk, "observed": said}
            log.record("rollback.alarmed", subject=plan.wave, by=by, facts=facts)
            ask = f"{plan.authority} must decide by {dates.utc(decide_by)}: roll back or continue."
            sentence = f"{trigger.title}. {said.rstrip('.')}. {ask}"
            _tell([plan.authority, plan.deputy], "rollback.alarm", alarm, plan, sentence, by)
    except IntegrityError:
        return None
    return alarm


def _clear(alarm: Alarm, plan: RollbackPlan, *, now: dt.datetime, by: User) -> None:
    with log.transaction(by=by, purpose="alarm"):
        if Alarm.objects.filter(pk=alarm.pk, cleared_at=None).update(cleared_at=now):
            facts = {"trigger": alarm.trigger.title, "alarm": alarm.pk}
            log.record("rollback.cleared", subject=plan.wave, by=by, facts=facts)


def _tell_late(alarm: Alarm, plan: RollbackPlan, *, now: dt.datetime, by: User) -> None:
    with log.transaction(by=by, purpose="alarm"):
        if Alarm.objects.filter(pk=alarm.pk, answer="", late_told_at=None).update(late_told_at=now):
            facts = {"trigger": alarm.trigger.title, "alarm": alarm.pk}
            log.record("rollback.unanswered", subject=plan.wave, by=by, facts=facts)
            sentence = f"{alarm.trigger.title}: decision overdue. {plan.deputy} can now decide."
            _tell([plan.authority, plan.deputy], "rollback.unanswered", alarm, plan, sentence, by)


def _tell_answer(alarm: Alarm, plan: RollbackPlan, by: User) -> None:
    """Notify everyone who carries out the decision."""
    people = {plan.authority, plan.deputy, alarm.raised_by, *queries.holders(plan.wave, "manage_rollback")} - {by}
    what = "Roll back" if alarm.answer == Answer.ROLL_BACK else "Continue"
    sentence = f"{what}: {by} answered the alarm “{alarm.trigger.title}”."
    _tell(people, "rollback.answered", alarm, plan, sentence, by)


def _tell_new_authority(plan: RollbackPlan, last: RollbackPlan | None, by: User) -> None:
    before = {last.authority_id, last.deputy_id} if last else set()
    named = [person for person in (plan.authority, plan.deputy) if person.pk not in before and person.pk != by.pk]
    sentence = (
        f"You are a decision-maker in the rollback plan for {plan.wave}. You may have to decide within"
        f" {plan.decide_within} min."
    )
    notices.tell(
        to=named, kind="rollback.named", subject=plan.wave.slug, sentence=sentence,
        path=reverse("rollback:plan", args=[plan.wave.slug]), by=by,
    )  # fmt: skip


def _tell(people: Any, kind: str, alarm: Alarm, plan: RollbackPlan, sentence: str, by: User) -> None:
    path = reverse("rollback:alarm", args=[plan.wave.slug, alarm.pk])
    notices.tell(to=people, kind=kind, subject=plan.wave.slug, sentence=sentence, path=path, urgent=True, by=by)
