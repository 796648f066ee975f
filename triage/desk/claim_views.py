"""The buttons about claims: claim a case or the next one, renew, release, remove, resume."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from console.people import permissions
from console.web.form_pages import Done, sent, submit, succeed
from console.web.view_helpers import person
from triage.cases import actions, colleagues, queries, worklists
from triage.desk.buttons import button, then_case
from triage.desk.forms import RemoveClaimForm
from triage.desk.moving import case_url, next_of
from triage.queues import queries as queue_queries


@button
def claim(request: HttpRequest, ref: str) -> HttpResponse:
    """Claim a case and go to it."""
    by = person(request)
    found = queries.case_for(by, ref)
    return then_case(request, found, lambda: actions.claim(case=found, by=by))


@require_POST
def next_case(request: HttpRequest, slug: str) -> HttpResponse:
    """Go to the next case of a queue, within the filters of its list."""
    by = person(request)
    return next_of(request, worklists.of(by, queue_queries.queue_for(by, slug), request.GET))


@require_POST
def next_of_mine(request: HttpRequest) -> HttpResponse:
    """Go to the next case of all the queues this person works, within the filters of the list of all cases."""
    return next_of(request, worklists.of(person(request), None, request.GET))


@require_POST
def ahead(request: HttpRequest, ref: str) -> HttpResponse:
    """Keep the case after this one ready: JSON with its name and how long, 204 when there is none to keep."""
    by = person(request)
    found = queries.case_for(by, ref)
    worklist = worklists.of_case(by, request.GET, found.queue)
    kept = actions.claim_ahead(queues=worklist.workable(by), among=worklist.filters, by=by)
    if kept is None:
        return HttpResponse(status=204)
    return JsonResponse({"ref": kept.case.ref, "records": kept.case.size, "expires_at": kept.expires_at.isoformat()})


@require_POST
def not_ahead(request: HttpRequest) -> HttpResponse:
    """The reviewer has left: the case that was kept ready is open again."""
    actions.release_ahead(by=person(request))
    return HttpResponse(status=204)


@require_POST
def renew(request: HttpRequest, ref: str) -> HttpResponse:
    """Extend a claim: JSON for the countdown, otherwise the case's page."""
    by = person(request)
    renewed = actions.renew(case=queries.case_for(by, ref), by=by)
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"expires_at": renewed.expires_at.isoformat()})
    return redirect(case_url(request, ref))


@require_POST
def release_claim(request: HttpRequest, ref: str) -> HttpResponse:
    """End one's own claim and go back to the queue."""
    by = person(request)
    found = actions.release_claim(case=queries.case_for(by, ref), by=by)
    return succeed(request, f"{found.ref} is open again.", worklists.of_case(by, request.GET, found.queue).url)


@never_cache
@require_http_methods(["GET", "POST"])
def remove_claim(request: HttpRequest, ref: str) -> HttpResponse:
    """End another reviewer's claim for a reason. Without a claim to remove, or the right to, it leads to the case."""
    by, now = person(request), timezone.now()
    found = queries.case_for(by, ref)
    held = queries.claim_on(found, now)
    form = RemoveClaimForm(sent(request), people=colleagues.who_may_work(found, now))
    if not form.is_bound and not (held and permissions.may(by, "cases.manage_queue", found.queue)):
        return redirect(case_url(request, ref))
    permissions.require(by, "cases.manage_queue", found.queue, to="remove claims")
    removed = submit(form, actions.remove_claim, case=found, by=by)
    if isinstance(removed, Done):
        to = removed.value.assignee
        said = f"{found.ref} is assigned to {to}." if to else f"{found.ref} is open again."
        return succeed(request, said, "cases:case", ref)
    context = {"case": found, "claim": held, "form": form, "cancel_url": reverse("cases:case", args=[ref])}
    return render(request, "desk/remove_claim.html", context, status=removed.status)


@button
def resume(request: HttpRequest, ref: str) -> HttpResponse:
    """Resume a deferred or waiting case."""
    by = person(request)
    found = queries.case_for(by, ref)
    return then_case(request, found, lambda: actions.resume(case=found, by=by))
