"""Doors about acceptances: asked for by a steward, taken up and decided by the board."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from console.people.permissions import require
from console.web.view_helpers import person
from governance.risks import actions, queries
from governance.risks.forms import AskForm, DecideForm, ReasonForm
from governance.risks.view_helpers import about, back_to, managed, on_page, tried


@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, ref: str) -> HttpResponse:
    """Ask the board to accept a risk."""
    user, risk = managed(request, ref, "ask for this acceptance")
    form = AskForm(request.POST or None)
    if (
        form.is_bound
        and form.is_valid()
        and tried(form, actions.request_acceptance, risk=risk, by=user, **form.fields_for_action()) is not None
    ):
        messages.success(request, "Acceptance requested.")
        return back_to(risk)
    return about(request, risk, form, "Request acceptance", submit="Request acceptance")


@require_POST
def take_up(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    """Take a request up for review."""
    user = person(request)
    risk = queries.risk_for(user, ref)

    def run() -> str:
        actions.take_up(acceptance=queries.acceptance_of(risk, pk), by=user)
        return "You review this request now."

    return on_page(request, user, risk, run)


@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    """The board's answer to a request."""
    user = person(request)
    risk = queries.risk_for(user, ref)
    require(user, queries.ACCEPT, risk.wave, to="accept risks here")
    found = queries.acceptance_of(risk, pk)
    form = DecideForm(request.POST or None)
    if (
        form.is_bound
        and form.is_valid()
        and tried(form, actions.decide_acceptance, acceptance=found, by=user, **form.cleaned_data) is not None
    ):
        messages.success(request, "The risk is accepted." if form.cleaned_data["grant"] else "It is not accepted.")
        return back_to(risk)
    return about(request, risk, form, "Decide acceptance request", submit="Decide", acceptance=found)


@require_http_methods(["GET", "POST"])
def revoke(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    """Take an acceptance back, or one's own request for one."""
    user = person(request)
    risk = queries.risk_for(user, ref)
    found = queries.acceptance_of(risk, pk)
    own = found.requested_by_id == user.pk and found.granted is None
    require(user, queries.MANAGE if own else queries.ACCEPT, risk.wave, to="revoke this acceptance")
    form = ReasonForm(request.POST or None)
    if (
        form.is_bound
        and form.is_valid()
        and tried(form, actions.revoke_acceptance, acceptance=found, by=user, **form.cleaned_data) is not None
    ):
        messages.success(request, "It is revoked.")
        return back_to(risk)
    return about(request, risk, form, "Revoke the acceptance", submit="Revoke", acceptance=found)
