"""Doors of one case: its page, and the buttons on it. Each calls one action and leads on."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from console.errors import Invalid, Refusal, Stale
from console.people import permissions
from console.web.view_helpers import attempt, person
from triage.cases import actions, kinds, queries
from triage.cases.actions.decisions import MOVED_ON, TRANSFERRED
from triage.cases.forms import TakeAwayForm
from triage.cases.models import Case, Decision
from triage.queues import queries as queue_queries
from triage.queues.models import Queue

Door = Callable[[HttpRequest, str], HttpResponse]

EMPTY = "Nothing is waiting in “{}” that you could claim. Cases being worked by others may come back."


def _verb(door: Door) -> Door:
    """A door for POST. A refusal stands at its address: who loads that again, or signs in anew, gets to the case."""

    @wraps(door)
    def guarded(request: HttpRequest, ref: str) -> HttpResponse:
        if request.method in {"GET", "HEAD"}:
            return redirect("cases:case", ref=ref)
        return posted(request, ref)

    posted = require_POST(door)
    return guarded


@never_cache
@require_safe
def case(request: HttpRequest, ref: str) -> HttpResponse:
    """The page of a case, as its kind shows it."""
    found = queries.whole_case_for(person(request), ref)
    response: HttpResponse = kinds.get(found.kind).page(request, found)
    return response


@_verb
def claim(request: HttpRequest, ref: str) -> HttpResponse:
    """Claim a case and go to it."""
    found = queries.case_for(person(request), ref)
    return _back_to(request, found, lambda: actions.claim(case=found, by=person(request)))


@require_POST
def next_case(request: HttpRequest, slug: str) -> HttpResponse:
    """Claim the most pressing case of a queue and go to it."""
    queue = queue_queries.queue_for(person(request), slug)
    return _next(request, [queue], empty=reverse("cases:queue", args=[slug]), name=str(queue))


@require_POST
def next_of_mine(request: HttpRequest) -> HttpResponse:
    """Claim the most pressing case of all the queues this person works, and go to it."""
    queues = queue_queries.workable_queues(person(request))
    return _next(request, queues, empty=reverse("cases:queues"), name="your queues")


@require_POST
def renew(request: HttpRequest, ref: str) -> HttpResponse:
    """Start the lease anew: JSON for the countdown, the page for everybody else."""
    by = person(request)
    renewed = actions.renew(case=queries.case_for(by, ref), by=by)
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"expires_at": renewed.expires_at.isoformat()})
    return redirect("cases:case", ref=ref)


@require_POST
def give_back(request: HttpRequest, ref: str) -> HttpResponse:
    """End one's claim and go back to the queue."""
    by = person(request)
    found = actions.give_back(case=queries.case_for(by, ref), by=by)
    messages.success(request, f"{found.ref} is open again.")
    return redirect("cases:queue", slug=found.queue.slug)


@never_cache
@require_http_methods(["GET", "POST"])
def take_away(request: HttpRequest, ref: str) -> HttpResponse:
    """End somebody else's claim, once it is said why. Whoever has nothing to end here gets to the case."""
    by, posts = person(request), request.method == "POST"
    found = queries.case_for(by, ref)
    claim = queries.claim_on(found, timezone.now())
    if not posts and not (claim and permissions.may(by, "cases.manage_queue", found.queue)):
        return redirect("cases:case", ref=ref)
    permissions.require(by, "cases.manage_queue", found.queue, to="take claims away")
    form = TakeAwayForm(request.POST if posts else None)
    if form.is_valid() and attempt(form, actions.take_away, case=found, by=by) is not None:
        messages.success(request, f"{found.ref} is open again.")
        return redirect("cases:case", ref=ref)
    context = {"case": found, "claim": claim, "form": form, "cancel_url": reverse("cases:case", args=[ref])}
    return render(request, "cases/take_away.html", context, status=422 if posts else 200)


@_verb
def resume(request: HttpRequest, ref: str) -> HttpResponse:
    """Take a deferred or waiting case up again."""
    found = queries.case_for(person(request), ref)
    return _back_to(request, found, lambda: actions.resume(case=found, by=person(request)))


@never_cache
@_verb
def decide(request: HttpRequest, ref: str) -> HttpResponse:
    """Decide, then go to the next case or stay. What is refused is shown on the case's page, with what was typed."""
    by = person(request)
    found = queries.case_for(by, ref)
    try:
        done = actions.decide(case=found, by=by, **_decision(request, found))
    except (Invalid, Stale) as refusal:
        return _refused(request, found, refusal)
    _say_decided(request, done.case, done.decision)
    if request.POST.get("then") != "next":
        return redirect("cases:case", ref=ref)
    queue = found.queue
    return _next(request, [queue], empty=reverse("cases:queue", args=[queue.slug]), name=str(queue))


@_verb
def undo(request: HttpRequest, ref: str) -> HttpResponse:
    """Take back one's decision before its release."""
    by = person(request)
    found = queries.case_for(by, ref)

    def run() -> None:
        done = actions.undo(case=found, by=by)
        held = (
            "You hold the claim again." if done.claimed else "It is open: a case about the same record is being worked."
        )
        messages.success(request, f"The decision on {ref} is taken back. {held}")

    return _back_to(request, found, run)


@_verb
def reverse_decision(request: HttpRequest, ref: str) -> HttpResponse:
    """Reverse a released decision; the pipeline learns of it through the feed."""
    by = person(request)
    found = queries.case_for(by, ref)

    def run() -> None:
        actions.reverse(case=found, reason=request.POST.get("reason", ""), by=by)
        messages.success(
            request, f"Decision on {ref} reversed. The pipeline will be notified and the case is open again."
        )

    return _back_to(request, found, run)


def _next(request: HttpRequest, queues: list[Queue], *, empty: str, name: str) -> HttpResponse:
    try:
        found = actions.claim_next(queues=queues, by=person(request)) if queues else None
    except Stale as refusal:
        messages.info(request, refusal.sentence)
        return redirect(empty)
    if found is None:
        messages.info(request, EMPTY.format(name))
        return redirect(empty)
    return redirect("cases:case", ref=found.case.ref)


def _back_to(request: HttpRequest, found: Case, run: Any) -> HttpResponse:
    """Do it and show the case; when refused because things have moved on, show the case with the sentence."""
    try:
        run()
    except (Stale, Invalid) as refusal:
        return _refused(request, found, refusal)
    return redirect("cases:case", ref=found.ref)


def _refused(request: HttpRequest, found: Case, refusal: Refusal) -> HttpResponse:
    fresh = queries.whole_case_for(person(request), found.ref)
    kind = kinds.get(fresh.kind)
    response: HttpResponse = kind.page(request, fresh, refusal=refusal.sentence, status=refusal.status)
    return response


def _decision(request: HttpRequest, found: Case) -> dict[str, Any]:
    """The form's fields as ``decide`` wants them. Raises Invalid for what no page of ours sends."""
    form = request.POST
    seen, key = form.get("seen", ""), form.get("request_key", "")
    if not (seen.isascii() and seen.isdigit() and len(seen) < 10):
        raise Invalid("The form was incomplete. Reload the page and try again.")
    try:
        request_key = uuid.UUID(key) if key else None
    except ValueError:
        raise Invalid("The form was incomplete. Reload the page and try again.") from None
    spec = kinds.get(found.kind).verdict(form.get("verdict", ""))
    return {
        "verdict": form.get("verdict", ""),
        "reason": form.get("reason", ""),
        "note": form.get("note", "").replace("\0", ""),
        "asked_of": form.get("asked_of", "").replace("\0", ""),
        "until": _until(form.get("until", "")) if spec and spec.needs == "until" else None,
        "content": spec.content.from_form(form) if spec and spec.content else None,
        "seen": int(seen),
        "request_key": request_key,
    }


def _until(text: str) -> dt.datetime | None:
    """The beginning of a day in the person's time zone; None for what is no date, which the rules refuse."""
    try:
        day = dt.date.fromisoformat(text[:10])
    except ValueError:
        return None
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


def _say_decided(request: HttpRequest, found: Case, decision: Decision) -> None:
    """The receipt, and a button that takes the decision back as long as that is possible."""
    undo = format_html(
        '<form class="flash__form" method="post" action="{}">'
        '<input type="hidden" name="csrfmiddlewaretoken" value="{}">'
        '<button class="button button--small" type="submit" data-key="u" data-key-label="Undo the decision">Undo '
        '<kbd class="kbd kbd--hint">u</kbd></button></form>',
        reverse("cases:undo", args=[found.ref]),
        get_token(request),
    )
    text = '{}: {} recorded. Receipt <span class="receipt" title="{}">{}</span>. {}'
    offered = undo if not decision.details.keys() & {TRANSFERRED, MOVED_ON} else ""
    receipt = decision.receipt
    messages.success(request, format_html(text, found.ref, _words(found, decision), receipt, receipt[:12], offered))


def _words(found: Case, decision: Decision) -> str:
    return f"“{kinds.look(found.kind, decision.verdict).word}”"
