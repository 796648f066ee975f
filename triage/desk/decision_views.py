"""The buttons about decisions: decide, undo before the release, reverse afterwards."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.cache import never_cache

from console.web.form_pages import NotDone, press, succeed
from console.web.view_helpers import person
from triage.cases import actions, contradictions, kinds, queries, worklists
from triage.cases.actions import Decided
from triage.cases.models import Case, Decision, State
from triage.cases.models.decision import CAME_FROM
from triage.desk.buttons import button
from triage.desk.forms import decision_sent
from triage.desk.moving import case_url, next_of, to_case
from triage.desk.review import refused


@never_cache
@button
def decide(request: HttpRequest, ref: str) -> HttpResponse:
    """Decide, then go to the next case or stay. What is refused is shown on the case's page, with what was typed."""
    by = person(request)
    found = queries.case_for(by, ref)

    def act() -> Decided:
        return actions.decide(case=found, by=by, **decision_sent(request.POST, kinds.get(found.kind)))

    done = press(act)
    if isinstance(done, NotDone):
        return refused(request, found, done)
    if done.value.contradicts:
        messages.warning(request, _contradiction(request, done.value))
    else:
        messages.success(request, _decided(request, done.value))
    if request.POST.get("then") != "next":
        return to_case(request, ref)
    return next_of(request, worklists.of_case(by, request.GET, found.queue), resume=True)


@button
def undo(request: HttpRequest, ref: str) -> HttpResponse:
    """Undo one's decision before its release."""
    by = person(request)
    found = queries.case_for(by, ref)
    undone = press(actions.undo, case=found, by=by)
    if isinstance(undone, NotDone):
        return refused(request, found, undone)
    held = f"The case is open: {undone.value.why_open}." if undone.value.why_open else "You hold the claim again."
    messages.success(request, f"Decision on {ref} undone. {held}")
    return to_case(request, ref)


@button
def reverse_decision(request: HttpRequest, ref: str) -> HttpResponse:
    """Reverse a released decision; the pipeline is notified through the decision feed."""
    by = person(request)
    found = queries.case_for(by, ref)
    reversed_ = press(actions.reverse, case=found, reason=request.POST.get("reason", ""), by=by)
    if isinstance(reversed_, NotDone):
        return refused(request, found, reversed_)
    said = f"Decision on {ref} reversed. The pipeline will be notified and the case is open again."
    return succeed(request, said, case_url(request, ref))


def _contradiction(request: HttpRequest, done: Decided) -> str:
    """Which decisions the verdict contradicts, and where the case has gone."""
    context = {
        "case": done.case,
        "verdict": kinds.look(done.case.kind, done.decision.verdict).word,
        "earlier": contradictions.named(done.contradicts),
    }
    return render_to_string("desk/_contradiction.html", context, request)


def _decided(request: HttpRequest, done: Decided) -> str:
    """The receipt, and a button that undoes the decision as long as that is possible."""
    case, decision = done.case, done.decision
    spec = kinds.verdict_of(case.kind, decision.verdict)
    context = {
        "case": case,
        "decision": decision,
        "in_list": f"?{urlencode(kept)}" if (kept := worklists.kept(request.GET)) else "",
        "verdict": kinds.look(case.kind, decision.verdict).word,
        "can_undo": not (spec and spec.at_once) and (_stands(case, decision) or CAME_FROM in decision.details),
    }
    return render_to_string("desk/_decided.html", context, request)


def _stands(case: Case, decision: Decision) -> bool:
    return case.decision_id == decision.pk and case.state not in State.IN_FEED
