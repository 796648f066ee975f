"""Pages of rollback: the plan, its triggers, its rehearsals and its alarms."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from console.errors import Missing
from console.people.models import User
from console.people.permissions import may, require
from console.waves.models import Wave
from console.waves.queries import wave_seen_by
from console.web.form_pages import Done, sent, submit, succeed
from console.web.view_helpers import person
from governance.rollback import actions, forms, queries, rules, watch
from governance.rollback.models import Rehearsal, RollbackPlan

MANAGE: Final = actions.MANAGE


@require_GET
def plan(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the wave's current rollback plan, the most urgent part first."""
    user, now = person(request), timezone.now()
    found = wave_seen_by(user, slug)
    live = queries.live_plan(found)
    context = _state(found, live, user, now) | {
        "rehearsals": queries.rehearsals(found, live, now),
        "versions": queries.versions(found),
        "may_manage": may(user, MANAGE, found),
    }
    return render(request, "rollback/plan.html", context)


@require_GET
def live(request: HttpRequest, slug: str) -> HttpResponse:
    """Render the live parts: alarms, triggers, the point of no return."""
    user, now = person(request), timezone.now()
    found = wave_seen_by(user, slug)
    return render(request, "rollback/_live.html", _state(found, queries.live_plan(found), user, now))


@require_GET
def wave(request: HttpRequest, slug: str) -> HttpResponse:
    """The plan in short, for the wave's page."""
    user, now = person(request), timezone.now()
    found = wave_seen_by(user, slug)
    live = queries.live_plan(found)
    counted = queries.counting({found.pk: live}, now)[found.pk]
    context = {
        "wave": found,
        "plan": live,
        "no_return": queries.no_return(live, counted),
        "waiting": [alarm for alarm in queries.alarms(found, size=0) if not alarm.answer],
        "unrehearsed": "" if counted else queries.why_unrehearsed({found.pk: live}, now)[found.pk],
        "may_manage": may(user, MANAGE, found),
    }
    return render(request, "rollback/_wave.html", context)


@require_GET
def version(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One version of the plan, as it was written."""
    found = wave_seen_by(person(request), slug)
    shown = queries.version(found, number)
    context = {"wave": found, "plan": shown, "bounds": watch.bounds(shown), "live": queries.live_plan(found)}
    return render(request, "rollback/version.html", context)


@require_http_methods(["GET", "POST"])
def write(request: HttpRequest, slug: str) -> HttpResponse:
    """Write a version of the plan, beginning with what the last one says."""
    user = person(request)
    found = wave_seen_by(user, slug)
    require(user, MANAGE, found, to="write this wave's rollback plan")
    last = queries.live_plan(found)
    form = forms.PlanForm(sent(request), wave=found, plan=last)
    triggers = forms.triggers(sent(request), last)

    def write_plan(*, reason: str, seen: int, **_: Any) -> RollbackPlan:
        return actions.write_plan(wave=found, draft=forms.draft(form, triggers), reason=reason, seen=seen, by=user)

    written = submit(form, write_plan, beside=[triggers])
    if isinstance(written, Done):
        said = "Rollback plan saved. Rehearsals of earlier versions no longer qualify."
        return succeed(request, said, "rollback:plan", found.slug)
    context = {"wave": found, "plan": last, "form": form, "triggers": triggers}
    return render(request, "rollback/write.html", context, status=written.status)


@require_http_methods(["GET", "POST"])
def rehearse(request: HttpRequest, slug: str) -> HttpResponse:
    """Record a rehearsal of the plan as it stands."""
    user = person(request)
    found = wave_seen_by(user, slug)
    require(user, MANAGE, found, to="record rehearsals of this wave's rollback")
    live = queries.live_plan(found)
    if live is None:
        raise Missing("There is no rollback plan to rehearse; write one first.")
    form = forms.RehearsalForm(sent(request), initial={"version": live.version})

    def record(*, version: int, **said: Any) -> Rehearsal:
        return actions.rehearse(plan=queries.version(found, version), by=user, **said)

    rehearsed = submit(form, record)
    if isinstance(rehearsed, Done):
        return succeed(request, "The rehearsal is recorded.", "rollback:plan", found.slug)
    context = {"wave": found, "plan": live, "form": form}
    return render(request, "rollback/rehearse.html", context, status=rehearsed.status)


@require_http_methods(["GET", "POST"])
def call(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Raise an alarm by hand."""
    user, now = person(request), timezone.now()
    found = wave_seen_by(user, slug)
    live = _live(found)
    trigger = queries.trigger_of(live, code)
    form = forms.CallForm(sent(request))
    raised = submit(form, actions.call_alarm, trigger=trigger, by=user)
    if isinstance(raised, Done):
        said = f"Alarm raised. {live.authority} and {live.deputy} have been notified."
        return succeed(request, said, "rollback:alarm", found.slug, raised.value.pk)
    last = queries.latest_alarms([found.pk]).get((found.pk, code))
    may_call = rules.may_call(live, last if last and not last.answer else None, now)
    context = {"wave": found, "plan": live, "trigger": trigger, "form": form, "may_call": may_call}
    return render(request, "rollback/call.html", context, status=raised.status)


@require_http_methods(["GET", "POST"])
def alarm(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One alarm: what was seen, who decides until when, and the answer."""
    user, now = person(request), timezone.now()
    found = wave_seen_by(user, slug)
    live, shown = _live(found), queries.alarm_of(found, number)
    form = forms.AnswerForm(sent(request))
    answered = submit(form, actions.answer_alarm, alarm=shown, by=user)
    if isinstance(answered, Done):
        said = f"Your decision is recorded: {answered.value.get_answer_display().lower()}."
        return succeed(request, said, "rollback:alarm", found.slug, number)
    context = {
        "wave": found,
        "plan": live,
        "alarm": shown,
        "form": form,
        "now": now,
        "may_answer": rules.may_answer(user, live, shown, now),
        "no_return": queries.no_return(live, queries.counting({found.pk: live}, now)[found.pk]),
    }
    return render(request, "rollback/alarm.html", context, status=answered.status)


def _state(found: Wave, live: RollbackPlan | None, user: User, now: dt.datetime) -> dict[str, Any]:
    alarms = queries.alarms(found) if live else []
    return {
        "wave": found,
        "plan": live,
        "now": now,
        "no_return": queries.no_return(live, queries.counting({found.pk: live}, now)[found.pk]),
        "unrehearsed": queries.why_unrehearsed({found.pk: live}, now)[found.pk],
        "watch": watch.look(live, now) if live else [],
        "watched": rules.watched(live, now) if live else False,
        "waiting": [one for one in alarms if not one.answer],
        "called": {one.trigger.code for one in alarms if not one.answer},
        "answered": [one for one in alarms if one.answer],
        "mine": live is not None and user.pk in {live.authority_id, live.deputy_id},
    }


def _live(found: Wave) -> RollbackPlan:
    live = queries.live_plan(found)
    if live is None:
        raise Missing("This wave has no rollback plan.")
    return live
