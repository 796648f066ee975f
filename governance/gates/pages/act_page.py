"""The page of one act on a gate: what the act does, its form, and the link back to the gate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from console.web.form_pages import Done, submit, succeed
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
    """Show the form, or do what it says and lead back to the gate.

    The action is called with ``about``, with what the form says, and ``by`` whom.
    """
    answer = submit(form, action, by=person(request), **about)
    if isinstance(answer, Done):
        return succeed(request, page.done, "gates:gate", gate.ref)
    return show(request, gate, page, form, answer.status)


def show(request: HttpRequest, gate: Gate, page: Page, form: BaseForm, status: int) -> HttpResponse:
    """The page of one act, with its form as it is."""
    context = {"gate": gate, "page": page, "form": form, "back": reverse("gates:gate", args=[gate.ref])}
    return render(request, "gates/act.html", context, status=status)
