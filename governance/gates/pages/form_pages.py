"""Shared view logic for gate actions: show the form, call the action, redirect."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from console.errors import Invalid
from console.web.view_helpers import person
from governance.gates.models import Gate


@dataclass(frozen=True, slots=True)
class Page:
    """One act as its page says it. ``kind`` is the button's look; ``explain`` what happens then, a sentence each."""

    title: str
    button: str
    done: str
    explain: tuple[str, ...] = ()
    icon: str = "check"
    kind: str = "primary"
    tone: str = ""


def form_view(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorate a view that shows and accepts a form, and that must not be cached."""
    return never_cache(require_http_methods(["GET", "POST"])(view))


def act(
    request: HttpRequest, gate: Gate, page: Page, form: BaseForm, action: Callable[..., Any], /, **about: Any
) -> HttpResponse:
    """Show the form, or do what it says and lead back to the gate. What the action finds invalid the form says.

    The action is called with ``about``, with what the form says (``said``, else its cleaned data), and ``by`` whom.
    """
    if request.method == "POST" and form.is_valid():
        said = form.said() if hasattr(form, "said") else form.cleaned_data
        try:
            action(**about, **said, by=person(request))
        except Invalid as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, page.done)
            return redirect("gates:gate", gate.ref)
    return show(request, gate, page, form)


def show(request: HttpRequest, gate: Gate, page: Page, form: BaseForm) -> HttpResponse:
    """The page of one act, with its form as it is."""
    context = {"gate": gate, "page": page, "form": form, "back": reverse("gates:gate", args=[gate.ref])}
    return render(request, "gates/act.html", context, status=422 if form.is_bound and not form.is_valid() else 200)
