"""From one case to the next: by a redirect, or at once for a page that only swaps its content."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from console.people.models import User
from console.web.form_pages import Done, NotDone, press
from console.web.view_helpers import person
from triage.cases import actions, queries, worklists
from triage.cases.models import Case
from triage.cases.worklists import Worklist
from triage.desk.review import review, swaps


def case_url(request: HttpRequest, ref: str, **chosen: str) -> str:
    """The page of a case in the list that the request names, showing what was ``chosen`` there."""
    query = urlencode(chosen | worklists.kept(request.GET))
    return reverse("cases:case", args=[ref]) + (f"?{query}" if query else "")


def to_case(request: HttpRequest, ref: str, address: str = "", *, keeps: bool = False) -> HttpResponse:
    """To the page of a case, at its ``address`` or in the list that the request names. ``keeps``: what was typed."""
    address = address or case_url(request, ref)
    if not swaps(request):
        return redirect(address)
    return review(request, queries.whole_case_for(person(request), ref), address=address, keeps=keeps)


def to_page(request: HttpRequest, url: str) -> HttpResponse:
    """To a page that is not that of a case."""
    if not swaps(request):
        return redirect(url)
    response = HttpResponse(status=204)
    response["HX-Redirect"] = url
    return response


def next_of(request: HttpRequest, worklist: Worklist, *, resume: bool = False) -> HttpResponse:
    """Claim the next case of a list and go to it. Back to the list, with a sentence, when there is nothing to claim.

    ``resume``, or a form that says so: if the person holds a case other than the one they come from, go to that one.
    """
    by = person(request)
    resume = resume or bool(request.POST.get("resume"))
    held = queries.next_held(by, request.POST.get("from", ""), timezone.now()) if resume else None
    found = held.case if held else _claimed(by, worklist, request.POST.get("ahead", ""))
    if isinstance(found, Case):
        address = reverse("cases:case", args=[found.ref]) + worklist.query_for(found.queue_id)
        return to_case(request, found.ref, address)
    messages.info(request, found)
    return to_page(request, worklist.url)


def _claimed(by: User, worklist: Worklist, ahead: str) -> Case | str:
    """The case that was kept ready (``ahead``), or the next one of the list; a sentence when there is none."""
    kept = queries.kept_ready(by, ahead)
    taken = actions.take_ahead(case=kept, by=by) if kept else None
    if taken:
        return taken.case
    queues, none = worklist.workable(by), f"No cases to claim in {worklist.name}."
    claimed = press(actions.claim_next, queues=queues, among=worklist.filters, by=by) if queues else NotDone(200, none)
    if isinstance(claimed, Done):
        return claimed.value.case if claimed.value else none
    return claimed.sentence
