"""What the views behind the buttons of a case share: one method, one action, and the page when it is refused."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from console.web.form_pages import NotDone, press
from triage.cases.models import Case
from triage.desk.moving import case_url, to_case
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
    return to_case(request, case.ref)
