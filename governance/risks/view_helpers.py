"""What the doors that change risks share: whose risk it is, and how a form learns what was refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from console.errors import Invalid, Refusal, Stale
from console.people.models import User
from console.people.permissions import require
from console.web.view_helpers import person
from governance.risks import queries
from governance.risks.models import Risk
from governance.risks.views import risk_page

R = TypeVar("R")
Run = Callable[[], str]


def managed(request: HttpRequest, ref: str, to: str) -> tuple[User, Risk]:
    """The person and the risk, which they may keep. Raises Missing or Denied."""
    user = person(request)
    risk = queries.risk_for(user, ref)
    require(user, queries.MANAGE, risk.wave, to=to)
    return user, risk


def back_to(risk: Risk) -> HttpResponse:
    """To the page of a risk."""
    return redirect("risks:risk", risk.ref)


def tried(form: forms.Form, action: Callable[..., R], **values: Any) -> R | None:
    """Call the action. What it refuses of the form's values, or because things moved on, becomes the form's error."""
    try:
        return action(**values)
    except (Invalid, Stale) as refusal:
        form.add_error(None, refusal.sentence)
        return None


def show(request: HttpRequest, form: forms.Form, **context: Any) -> HttpResponse:
    """The page of a form; ``context`` has its title and where it leads back to."""
    context = {"form": form, "submit": "Save", **context}
    return render(request, "risks/form.html", context, status=422 if form.is_bound and form.errors else 200)


def about(request: HttpRequest, risk: Risk, form: forms.Form, title: str, **more: Any) -> HttpResponse:
    """A form about one risk."""
    back = reverse("risks:risk", args=[risk.ref])
    return show(request, form, title=title, risk=risk, back=back, **more)


def on_page(request: HttpRequest, user: User, risk: Risk, run: Run) -> HttpResponse:
    """Do it and lead back; when things have moved on, show the risk with the sentence."""
    try:
        messages.success(request, run())
    except (Stale, Invalid) as refusal:
        return _refused(request, user, risk, refusal)
    return back_to(risk)


def _refused(request: HttpRequest, user: User, risk: Risk, refusal: Refusal) -> HttpResponse:
    return risk_page(request, user, risk.ref, refusal=refusal.sentence, status=refusal.status)
