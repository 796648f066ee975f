"""The buttons about claims: claim a case or the next one, renew, release, remove, resume."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from console.people import permissions
from console.web.form_pages import Done, NotDone, press, sent, submit, succeed
from console.web.view_helpers import person
from triage.cases import actions, queries
from triage.desk.buttons import button, then_case
from triage.desk.forms import RemoveClaimForm
from triage.queues import queries as queue_queries
from triage.queues.models import Queue


@button
def claim(request: HttpRequest, ref: str) -> HttpResponse:
    """Claim a case and go to it."""
    by = person(request)
    found = queries.case_for(by, ref)
    return then_case(request, found, lambda: actions.claim(case=found, by=by))


@require_POST
def next_case(request: HttpRequest, slug: str) -> HttpResponse:
    """Claim the most pressing case of a queue and go to it."""
    return next_of(request, queue_queries.queue_for(person(request), slug))


@require_POST
def next_of_mine(request: HttpRequest) -> HttpResponse:
    """Claim the most pressing case of all the queues this person works, and go to it."""
    queues = queue_queries.workable_queues(person(request))
    return _next(request, queues, empty=reverse("cases:queues"), none="No cases to claim in your queues.")


def next_of(request: HttpRequest, queue: Queue) -> HttpResponse:
    """Claim the most pressing case of ``queue`` and go to it; to its list when there is none."""
    empty = reverse("cases:queue", args=[queue.slug])
    return _next(request, [queue], empty=empty, none=f"No cases to claim in “{queue}”.")


@require_POST
def renew(request: HttpRequest, ref: str) -> HttpResponse:
    """Extend a claim: JSON for the countdown, otherwise the case's page."""
    by = person(request)
    renewed = actions.renew(case=queries.case_for(by, ref), by=by)
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"expires_at": renewed.expires_at.isoformat()})
    return redirect("cases:case", ref=ref)


@require_POST
def release_claim(request: HttpRequest, ref: str) -> HttpResponse:
    """End one's own claim and go back to the queue."""
    by = person(request)
    found = actions.release_claim(case=queries.case_for(by, ref), by=by)
    return succeed(request, f"{found.ref} is open again.", "cases:queue", found.queue.slug)


@never_cache
@require_http_methods(["GET", "POST"])
def remove_claim(request: HttpRequest, ref: str) -> HttpResponse:
    """End another reviewer's claim for a reason. Without a claim to remove, or the right to, it leads to the case."""
    by, form = person(request), RemoveClaimForm(sent(request))
    found = queries.case_for(by, ref)
    held = queries.claim_on(found, timezone.now())
    if not form.is_bound and not (held and permissions.may(by, "cases.manage_queue", found.queue)):
        return redirect("cases:case", ref=ref)
    permissions.require(by, "cases.manage_queue", found.queue, to="remove claims")
    removed = submit(form, actions.remove_claim, case=found, by=by)
    if isinstance(removed, Done):
        return succeed(request, f"{found.ref} is open again.", "cases:case", ref)
    context = {"case": found, "claim": held, "form": form, "cancel_url": reverse("cases:case", args=[ref])}
    return render(request, "desk/remove_claim.html", context, status=removed.status)


@button
def resume(request: HttpRequest, ref: str) -> HttpResponse:
    """Resume a deferred or waiting case."""
    by = person(request)
    found = queries.case_for(by, ref)
    return then_case(request, found, lambda: actions.resume(case=found, by=by))


def _next(request: HttpRequest, queues: list[Queue], *, empty: str, none: str) -> HttpResponse:
    """Claim the most pressing case of ``queues``; with the sentence ``none`` to the page ``empty`` if there is none."""
    claimed = press(actions.claim_next, queues=queues, by=person(request)) if queues else NotDone(200, none)
    if isinstance(claimed, Done) and claimed.value is not None:
        return redirect("cases:case", ref=claimed.value.case.ref)
    messages.info(request, claimed.sentence if isinstance(claimed, NotDone) else none)
    return redirect(empty)
