"""The comments on a case: their page, which is also the fragment that the page of the case swaps, and their acts."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from console import keyset
from console.web.form_pages import Done, sent, submit, succeed
from console.web.view_helpers import person
from triage.cases import actions as cases
from triage.cases.models import Case
from triage.cases.queries import case_for, claim_on
from triage.comments import actions, queries
from triage.comments.forms import CommentForm
from triage.comments.panel import Panel
from triage.desk import reveals
from triage.desk.masked_values import MaskedValue


@never_cache
@require_http_methods(["GET", "POST"])
def comments(request: HttpRequest, ref: str) -> HttpResponse:
    """The comments on a case, the newest first; sent, a comment is written."""
    by, form = person(request), CommentForm(sent(request))
    found = case_for(by, ref)
    written = submit(form, actions.write, case=found, by=by)
    if not isinstance(written, Done):
        return _draw(request, found, form, status=written.status)
    if _swaps(request):
        return _draw(request, found, CommentForm(), said="Comment saved.")
    return succeed(request, "Comment saved.", _back(found))


@require_POST
def withdraw(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """Withdraw one's own comment."""
    by = person(request)
    found = case_for(by, ref)
    actions.withdraw(comment=queries.comment_of(found, number), by=by)
    if _swaps(request):
        return _draw(request, found, CommentForm(), said="Comment withdrawn.")
    return succeed(request, "Comment withdrawn.", _back(found))


@never_cache
@require_safe
def people(request: HttpRequest, ref: str) -> HttpResponse:
    """Whom a comment on this case may mention, as options of a list."""
    by = person(request)
    found = queries.offered(case_for(by, ref).queue, viewer=by)
    return render(request, "comments/_people.html", {"people": found})


def _draw(request: HttpRequest, case: Case, form: CommentForm, *, said: str = "", status: int = 200) -> HttpResponse:
    """The page, or its panel for a page that swaps it. The look is logged before it is sent."""
    by, now = person(request), timezone.now()
    cases.opened(case=case, by=by, via="comments")
    reveal = reveals.lasts(request.session, case, claim_on(case, now), by=by, now=now)
    masks = MaskedValue(reveal and queries.reveals(by, case.queue))
    page = queries.page_of_comments(case, viewer=by, masks=masks, place=keyset.asked(request.GET))
    panel = Panel(case, page, form if queries.works(by, case.queue) else None, said)
    template = "comments/_panel.html" if _swaps(request) else "comments/comments.html"
    context: dict[str, Any] = {"case": case, "data": panel}
    return render(request, template, context, status=status)


def _swaps(request: HttpRequest) -> bool:
    return request.headers.get("HX-Target") == "comments"


def _back(case: Case) -> str:
    return reverse("cases:case", args=[case.ref]) + "#comments"
