"""Views of acceptances: requested by a steward, reviewed and decided by the board."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from console.people.permissions import require
from console.web.form_pages import Done, sent, submit
from console.web.view_helpers import person
from governance.risks import actions, queries
from governance.risks.forms import AskForm, DecideForm, ReasonForm
from governance.risks.view_helpers import about, back_to, managed, on_page


@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, ref: str) -> HttpResponse:
    """Request acceptance of a risk."""
    user, risk = managed(request, ref, "request this acceptance")
    form = AskForm(sent(request))
    asked = submit(form, actions.request_acceptance, risk=risk, by=user)
    if isinstance(asked, Done):
        return back_to(request, risk, "Acceptance requested.")
    return about(request, risk, form, asked.status, "Request acceptance", submit="Request acceptance")


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
    form = DecideForm(sent(request))
    decided = submit(form, actions.decide_acceptance, acceptance=found, by=user)
    if isinstance(decided, Done):
        return back_to(request, risk, "The risk is accepted." if decided.value.granted else "It is not accepted.")
    return about(request, risk, form, decided.status, "Decide acceptance request", submit="Decide", acceptance=found)


@require_http_methods(["GET", "POST"])
def revoke(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    """Take an acceptance back, or one's own request for one."""
    user = person(request)
    risk = queries.risk_for(user, ref)
    found = queries.acceptance_of(risk, pk)
    own = found.requested_by_id == user.pk and found.granted is None
    require(user, queries.MANAGE if own else queries.ACCEPT, risk.wave, to="revoke this acceptance")
    form = ReasonForm(sent(request))
    revoked = submit(form, actions.revoke_acceptance, acceptance=found, by=user)
    if isinstance(revoked, Done):
        return back_to(request, risk, "It is revoked.")
    return about(request, risk, form, revoked.status, "Revoke the acceptance", submit="Revoke", acceptance=found)
