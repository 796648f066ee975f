"""What the views behind the buttons of a case share: one method, one action, and the page when it is refused."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from console.web.form_pages import NotDone, press
from triage.cases import worklists
from triage.cases.models import Case
from triage.desk.review import refused

CaseView = Callable[[HttpRequest, str], HttpResponse]


def button(view: CaseView) -> CaseView:
    """A view for POST. A refusal is shown at its address: loading that again, or signing in there, gives the case."""

    @wraps(view)
    def guarded(request: HttpRequest, ref: str) -> HttpResponse:
        if request.method in {"GET", "HEAD"}:
            return redirect(case_url(request, ref))
        return posted(request, ref)

    posted = require_POST(view)
    return guarded


def then_case(request: HttpRequest, case: Case, act: Callable[[], object]) -> HttpResponse:
    """Act and show the case; when the action is refused, show the case with the sentence of the refusal."""
    pressed = press(act)
    if isinstance(pressed, NotDone):
        return refused(request, case, pressed)
    return redirect(case_url(request, case.ref))


def case_url(request: HttpRequest, ref: str, **chosen: str) -> str:
    """The page of a case in the list that the request names, showing what was ``chosen`` there."""
    query = urlencode(chosen | worklists.kept(request.GET))
    return reverse("cases:case", args=[ref]) + (f"?{query}" if query else "")
