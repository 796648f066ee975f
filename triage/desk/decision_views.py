"""The buttons about decisions: decide, undo before the release, reverse afterwards."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.views.decorators.cache import never_cache

from console.errors import Invalid, Stale
from console.web.view_helpers import person
from triage.cases import actions, kinds, queries
from triage.cases.actions import Decided
from triage.cases.models import State
from triage.desk.buttons import button, then_case
from triage.desk.claim_views import next_of
from triage.desk.forms import decision_sent
from triage.desk.review import refused


@never_cache
@button
def decide(request: HttpRequest, ref: str) -> HttpResponse:
    """Decide, then go to the next case or stay. What is refused is shown on the case's page, with what was typed."""
    by = person(request)
    found = queries.case_for(by, ref)
    try:
        done = actions.decide(case=found, by=by, **decision_sent(request.POST, kinds.get(found.kind)))
    except (Invalid, Stale) as refusal:
        return refused(request, found, refusal)
    messages.success(request, _decided(request, done))
    if request.POST.get("then") != "next":
        return redirect("cases:case", ref=ref)
    return next_of(request, found.queue)


@button
def undo(request: HttpRequest, ref: str) -> HttpResponse:
    """Undo one's decision before its release."""
    by = person(request)
    found = queries.case_for(by, ref)

    def act() -> None:
        done = actions.undo(case=found, by=by)
        held = "You hold the claim again." if done.claimed else "The case is open: a related case is claimed."
        messages.success(request, f"Decision on {ref} undone. {held}")

    return then_case(request, found, act)


@button
def reverse_decision(request: HttpRequest, ref: str) -> HttpResponse:
    """Reverse a released decision; the pipeline is notified through the decision feed."""
    by = person(request)
    found = queries.case_for(by, ref)

    def act() -> None:
        actions.reverse(case=found, reason=request.POST.get("reason", ""), by=by)
        messages.success(
            request, f"Decision on {ref} reversed. The pipeline will be notified and the case is open again."
        )

    return then_case(request, found, act)


def _decided(request: HttpRequest, done: Decided) -> str:
    """The receipt, and a button that undoes the decision as long as that is possible."""
    case, decision = done.case, done.decision
    spec = kinds.verdict_of(case.kind, decision.verdict)
    context = {
        "case": case,
        "decision": decision,
        "verdict": kinds.look(case.kind, decision.verdict).word,
        "can_undo": case.decision_id == decision.pk and case.state not in State.IN_FEED and not (spec and spec.at_once),
    }
    return render_to_string("desk/_decided.html", context, request)
