"""Doors that change risks: each parses a form, calls one action, and leads back to the risk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from console.people.models import User
from console.people.permissions import may, may_anywhere, require, scoped
from console.waves.models import Wave
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
from governance.risks.queries.register import PROGRAMME
from governance.risks.view_helpers import about, back_to, managed, on_page, show, tried
from governance.risks.views import risk_page


def _places(user: User) -> list[tuple[str, str]]:
    """Where this person may add risks. Raises Denied if nowhere."""
    if not may_anywhere(user, queries.MANAGE, Wave):
        require(user, queries.MANAGE, to="add risks")
    waves = scoped(user, queries.MANAGE, Wave.objects.order_by("slug"))[:500]
    return places(waves, programme=may(user, queries.MANAGE))


def _wave(slug: str) -> Wave | None:
    return None if slug == PROGRAMME else Wave.objects.get(slug=slug)


@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Add a risk; the scheme stands in the address, since its words are part of the form."""
    user = person(request)
    scheme = schemes.SCHEMES.get(request.GET.get("scheme", ""), schemes.SCHEMES["dcb0129-1"])
    initial = {"owner": user.pk, "wave": request.GET.get("wave", "")[:100]}
    form = AddForm(request.POST or None, scheme=scheme, places=_places(user), initial=initial)
    if request.method == "POST" and form.is_valid():
        scored = form.scored()
        made = tried(
            form,
            actions.add_risk,
            said=form.said(scheme=scheme.name),
            wave=_wave(form.cleaned_data["wave"]),
            inherent=scored,
            current=scored if form.cleaned_data["same"] else None,
            by=user,
        )
        if made:
            messages.success(request, f"{made.ref} is in the register.")
            return back_to(made)
    more = {"schemes": schemes.SCHEMES.values(), "scheme": scheme, "back": reverse("risks:register")}
    return show(request, form, title="Add a risk", submit="Add the risk", **more)


@require_http_methods(["GET", "POST"])
def use_template(request: HttpRequest) -> HttpResponse:
    """Start a register from the template."""
    user = person(request)
    form = TemplateForm(request.POST or None, places=_places(user), initial={"owner": user.pk})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        made = tried(form, actions.use_template, wave=_wave(data["wave"]), owner=data["owner"], by=user)
        if made:
            messages.success(
                request, f"{len(made)} risks of the template are in the register. Rate each for this place."
            )
            return redirect("risks:register")
    lead = "Common risks of hospital record migrations, with suggested ratings."
    back = reverse("risks:register")
    return show(request, form, title="Start from the template", lead=lead, submit="Add these risks", back=back)


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, ref: str) -> HttpResponse:
    """Describe a risk anew."""
    user, risk = managed(request, ref, "describe this risk")
    form = EditForm.of(risk, request.POST or None)
    if (
        form.is_bound
        and form.is_valid()
        and tried(form, actions.edit, risk=risk, said=form.said(), by=user) is not None
    ):
        messages.success(request, f"{risk.ref} updated.")
        return back_to(risk)
    return about(request, risk, form, "Edit risk")


@require_http_methods(["GET", "POST"])
def rate(request: HttpRequest, ref: str) -> HttpResponse:
    """Rate a risk; looking the level up first saves nothing."""
    user, risk = managed(request, ref, "rate this risk")
    scheme = schemes.get(risk.scheme)
    kind = request.GET.get("kind", "")
    initial = {"kind": kind if kind in RatingKind.values else RatingKind.CURRENT}
    form = RateForm(request.POST or None, scheme=scheme, initial=initial)
    outcome = None
    if request.method == "POST" and form.is_valid():
        if "look" in request.POST:
            outcome = scheme.judge(form.factors())
        else:
            values = {"kind": form.cleaned_data["kind"], "rationale": form.cleaned_data["rationale"]}
            values |= {"factors": form.factors(), "scheme": scheme.name}
            rating = tried(form, actions.rate, risk=risk, by=user, **values)
            if rating:
                messages.success(request, f"{risk.ref} is rated {rating.level} ({rating.get_kind_display().lower()}).")
                return back_to(risk)
    lead = f"{scheme.title}: choose a value on each axis. The level is looked up."
    more = {"lead": lead, "outcome": outcome, "looks": True, "scheme_about": scheme}
    return about(request, risk, form, "Add rating", submit="Save rating", **more)


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
    form = form_class(request.POST or None)
    if form.is_bound and form.is_valid() and tried(form, run, risk=risk, by=user, **form.cleaned_data) is not None:
        messages.success(request, done.format(risk.ref))
        return back_to(risk)
    return about(request, risk, form, title)


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


def _small(request: HttpRequest, user: User, risk: Risk, form: forms.Form, action: Callable[..., Any]) -> HttpResponse:
    """A small form that stands on the risk's page."""
    if not form.is_valid():
        wrong = " ".join(f"{form[name].label}: {' '.join(map(str, why))}" for name, why in form.errors.items())
        return risk_page(request, user, risk.ref, refusal=wrong, status=422)

    def saved() -> str:
        action(risk=risk, by=user, **form.cleaned_data)
        return "Saved."

    return on_page(request, user, risk, saved)
