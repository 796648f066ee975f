"""Views that change risks: each parses a form, calls one action, and returns to the risk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from console.people.models import User
from console.people.permissions import may, may_anywhere, require, scoped
from console.waves.models import Wave
from console.web.form_pages import Done, NotDone, sent, submit, succeed
from console.web.view_helpers import person
from governance.risks import actions, queries, schemes
from governance.risks.forms import (
    AddForm,
    ControlForm,
    EditForm,
    LinkForm,
    NoteForm,
    RateForm,
    ReasonForm,
    TemplateForm,
    places,
)
from governance.risks.models import RatingKind, Risk
from governance.risks.view_helpers import about, back_to, managed, on_page, show
from governance.risks.views import risk_page


def _places(user: User) -> list[tuple[str, str]]:
    """Where this person may add risks. Raises Denied if nowhere."""
    if not may_anywhere(user, queries.MANAGE, Wave):
        require(user, queries.MANAGE, to="add risks")
    waves = scoped(user, queries.MANAGE, Wave.objects.order_by("slug"))[:500]
    return places(waves, programme=may(user, queries.MANAGE))


@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Add a risk; the scheme stands in the address, since its words are part of the form."""
    user = person(request)
    scheme = schemes.SCHEMES.get(request.GET.get("scheme", ""), schemes.SCHEMES["dcb0129-1"])
    initial = {"owner": user.pk, "wave": request.GET.get("wave", "")[:100]}
    form = AddForm(sent(request), scheme=scheme, places=_places(user), initial=initial)
    made = submit(form, actions.add_risk, by=user)
    if isinstance(made, Done):
        return back_to(request, made.value, f"{made.value.ref} is in the register.")
    more = {"schemes": schemes.SCHEMES.values(), "scheme": scheme, "back": reverse("risks:register")}
    return show(request, form, made.status, title="Add a risk", submit="Add the risk", **more)


@require_http_methods(["GET", "POST"])
def use_template(request: HttpRequest) -> HttpResponse:
    """Start a register from the template."""
    user = person(request)
    form = TemplateForm(sent(request), places=_places(user), initial={"owner": user.pk})
    made = submit(form, actions.use_template, by=user)
    if isinstance(made, Done):
        said = f"{len(made.value)} risks of the template are in the register. Rate each for this place."
        return succeed(request, said, "risks:register")
    more = {"lead": "Common risks of hospital record migrations, with suggested ratings."}
    more |= {"submit": "Add these risks", "back": reverse("risks:register")}
    return show(request, form, made.status, title="Start from the template", **more)


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, ref: str) -> HttpResponse:
    """Edit a risk."""
    user, risk = managed(request, ref, "describe this risk")
    form = EditForm.of(risk, sent(request))
    edited = submit(form, actions.edit, risk=risk, by=user)
    if isinstance(edited, Done):
        return back_to(request, risk, f"{risk.ref} updated.")
    return about(request, risk, form, edited.status, "Edit risk")


@require_http_methods(["GET", "POST"])
def rate(request: HttpRequest, ref: str) -> HttpResponse:
    """Rate a risk; looking the level up first saves nothing."""
    user, risk = managed(request, ref, "rate this risk")
    scheme = schemes.get(risk.scheme)
    kind = request.GET.get("kind", "")
    initial = {"kind": kind if kind in RatingKind.values else RatingKind.CURRENT}
    form = RateForm(sent(request), scheme=scheme, initial=initial)
    looks = "look" in request.POST
    outcome = scheme.judge(form.factors()) if looks and form.is_valid() else None
    rated = NotDone(200 if outcome else 422) if looks else submit(form, actions.rate, risk=risk, by=user)
    if isinstance(rated, Done):
        level, kind = rated.value.level, rated.value.get_kind_display().lower()
        return back_to(request, risk, f"{risk.ref} is rated {level} ({kind}).")
    lead = f"{scheme.title}: choose a value on each axis. The level is looked up."
    more = {"lead": lead, "outcome": outcome, "looks": True, "scheme_about": scheme}
    return about(request, risk, form, rated.status, "Add rating", submit="Save rating", **more)


def _reasoned(
    request: HttpRequest,
    ref: str,
    to: str,
    form_class: type[forms.Form],
    title: str,
    run: Callable[..., Any],
    done: str,
) -> HttpResponse:
    """The pattern of the small forms: one text, one action."""
    user, risk = managed(request, ref, to)
    form = form_class(sent(request))
    answer = submit(form, run, risk=risk, by=user)
    if isinstance(answer, Done):
        return back_to(request, risk, done.format(risk.ref))
    return about(request, risk, form, answer.status, title)


@require_http_methods(["GET", "POST"])
def review(request: HttpRequest, ref: str) -> HttpResponse:
    """Say that the ratings are still right."""
    return _reasoned(request, ref, "review this risk", NoteForm, "Review it", actions.review, "{} is reviewed.")


@require_http_methods(["GET", "POST"])
def close(request: HttpRequest, ref: str) -> HttpResponse:
    """Close a risk."""
    return _reasoned(request, ref, "close this risk", ReasonForm, "Close risk", actions.close, "{} is closed.")


@require_http_methods(["GET", "POST"])
def reopen(request: HttpRequest, ref: str) -> HttpResponse:
    """Open a closed risk again."""
    return _reasoned(request, ref, "reopen this risk", ReasonForm, "Reopen risk", actions.reopen, "{} is open again.")


@require_POST
def link(request: HttpRequest, ref: str) -> HttpResponse:
    """Tie a risk to something."""
    user, risk = managed(request, ref, "link this risk")
    form = LinkForm(request.POST)
    return _small(request, user, risk, form, actions.link)


@require_POST
def unlink(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    """Close a link."""
    user, risk = managed(request, ref, "unlink this risk")

    def run() -> str:
        return f"{risk.ref} is no longer linked with {actions.unlink(link=queries.link_of(risk, pk), by=user).target}."

    return on_page(request, user, risk, run)


@require_POST
def add_control(request: HttpRequest, ref: str) -> HttpResponse:
    """Plan a control."""
    user, risk = managed(request, ref, "plan controls of this risk")
    form = ControlForm(request.POST)
    return _small(request, user, risk, form, actions.add_control)


@require_POST
def put_in_place(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    """Say that a control is in place."""
    user, risk = managed(request, ref, "put controls in place")

    def run() -> str:
        actions.put_in_place(control=queries.control_of(risk, pk), by=user)
        return "Control marked as implemented. Add a new rating if this changes the risk."

    return on_page(request, user, risk, run)


@require_POST
def drop_control(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    """Give a control up."""
    user, risk = managed(request, ref, "drop controls")

    def run() -> str:
        actions.drop_control(control=queries.control_of(risk, pk), by=user)
        return "The control is dropped."

    return on_page(request, user, risk, run)


@require_POST
def acknowledge(request: HttpRequest, ref: str, pk: int) -> HttpResponse:
    """Say that an escalation has been seen."""
    user = person(request)
    risk = queries.risk_for(user, ref)

    def run() -> str:
        actions.acknowledge_escalation(escalation=queries.escalation_of(risk, pk), by=user)
        return "Acknowledged. Escalation is paused for 24 hours. Rate or review the risk to close it."

    return on_page(request, user, risk, run)


def _small(
    request: HttpRequest, user: User, risk: Risk, form: LinkForm | ControlForm, action: Callable[..., Any]
) -> HttpResponse:
    """A small form that stands on the risk's page."""
    saved = submit(form, action, risk=risk, by=user)
    if isinstance(saved, Done):
        return back_to(request, risk, "Saved.")
    wrong = (f"{form[name].label}: {' '.join(map(str, why))}" for name, why in form.errors.items())
    said = saved.sentence or " ".join(wrong)
    return risk_page(request, user, risk.ref, refusal=said, status=saved.status, typed=form)
