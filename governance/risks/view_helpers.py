"""What the views that change risks share: whose risk it is, the page of a form, and a button's answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from console.people.models import User
from console.people.permissions import require
from console.web.form_pages import Done, press, succeed
from console.web.view_helpers import person
from governance.risks import queries
from governance.risks.models import Risk
from governance.risks.views import risk_page


def managed(request: HttpRequest, ref: str, to: str) -> tuple[User, Risk]:
    """The person and the risk, which they may keep. Raises Missing or Denied."""
    user = person(request)
    risk = queries.risk_for(user, ref)
    require(user, queries.MANAGE, risk.wave, to=to)
    return user, risk


def back_to(request: HttpRequest, risk: Risk, sentence: str) -> HttpResponse:
    """Say what was done and lead to the page of the risk."""
    return succeed(request, sentence, "risks:risk", risk.ref)


def show(request: HttpRequest, form: forms.Form, status: int, **context: Any) -> HttpResponse:
    """The page of a form; ``context`` has its title and where it leads back to."""
    return render(request, "risks/form.html", {"form": form, "submit": "Save", **context}, status=status)


def about(request: HttpRequest, risk: Risk, form: forms.Form, status: int, title: str, **more: Any) -> HttpResponse:
    """A form about one risk."""
    back = reverse("risks:risk", args=[risk.ref])
    return show(request, form, status, title=title, risk=risk, back=back, **more)


def on_page(request: HttpRequest, user: User, risk: Risk, action: Callable[[], str]) -> HttpResponse:
    """Take a button's action, which says what it did, and lead back; the risk's page says why nothing was done."""
    pressed = press(action)
    if isinstance(pressed, Done):
        return back_to(request, risk, pressed.value)
    return risk_page(request, user, risk.ref, refusal=pressed.sentence, status=pressed.status)
