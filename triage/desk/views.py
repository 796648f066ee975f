"""The page of a case, and the views that reveal its patient fields and mask them again."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from console.web.view_helpers import person
from triage.cases import actions, places, queries, worklists
from triage.cases.models import Case
from triage.desk import reveals, review_pages
from triage.desk.moving import case_url, to_case
from triage.desk.review import review


@never_cache
@require_safe
def case(request: HttpRequest, ref: str) -> HttpResponse:
    """The review page of a case."""
    return review(request, queries.whole_case_for(person(request), ref))


@never_cache
@require_safe
def beside(request: HttpRequest, ref: str, *, forward: bool) -> HttpResponse:
    """To the case after or before this one in the list that is worked; to itself at the list's end."""
    by = person(request)
    found = queries.case_for(by, ref)
    worklist = worklists.of_case(by, request.GET, found.queue)
    number = places.beside(worklist.filters, found, forward=forward, now=timezone.now())
    if number is None:
        messages.info(request, f"{ref} is the {'last' if forward else 'first'} case of {worklist.name}.")
    return redirect(case_url(request, f"EX-{number}" if number else ref))


@require_POST
def reveal(request: HttpRequest, ref: str) -> HttpResponse:
    """Reveal patient fields, once that is logged."""
    by, now = person(request), timezone.now()
    found = queries.case_for(by, ref)
    actions.reveal(case=found, by=by)
    reveals.remember(request.session, found, queries.claim_on(found, now), by=by, now=now)
    return _back(request, found)


@require_POST
def hide(request: HttpRequest, ref: str) -> HttpResponse:
    """Mask patient fields again."""
    found = queries.case_for(person(request), ref)
    reveals.forget(request.session, found)
    return _back(request, found)


def _back(request: HttpRequest, found: Case) -> HttpResponse:
    """To the page, showing what was chosen there."""
    chosen = review_pages.chosen(review_pages.page_of(found), request.POST)
    return to_case(request, found.ref, case_url(request, found.ref, **chosen), keeps=True)
