"""Parts of a reviewer's home page, each at its own address. Each shows who asks their own work, and no other's."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from console.errors import Denied
from console.people import permissions
from console.people.models import User
from console.ui.text import plural
from console.web.form_pages import succeed
from console.web.view_helpers import person
from triage.cases import queries
from triage.days import actions, back, home, today
from triage.queues import queries as queue_queries
from triage.queues.models import Queue


@never_cache
@require_safe
def resume(request: HttpRequest) -> HttpResponse:
    """The case that this person worked last."""
    return _part(request, "days/_resume.html", {"resume": home.resume_for(_reviewer(request), timezone.now())})


@never_cache
@require_safe
def queues(request: HttpRequest) -> HttpResponse:
    """This person's queues: what waits and what is due, first due first."""
    by = person(request)
    rows, empty = home.queues_for(by, timezone.localtime())
    works = any(row.works for row in rows) or permissions.may_anywhere(by, queue_queries.WORK, Queue)
    return _part(request, "days/_queues.html", {"rows": rows, "without": empty, "works": works})


@never_cache
@require_safe
def returns(request: HttpRequest) -> HttpResponse:
    """What is due soon, or comes back to this person."""
    return _part(request, "days/_back.html", {"rows": back.rows_for(_reviewer(request), timezone.now())})


@never_cache
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """This person's own day."""
    return _part(request, "days/_today.html", {"day": today.day_of(_reviewer(request), timezone.localtime())})


@never_cache
@require_safe
def later(request: HttpRequest) -> HttpResponse:
    """What later runs said of this person's own decisions."""
    found = today.later_of(_reviewer(request), timezone.localtime())
    return _part(request, "days/_later.html", {"later": found, "days": today.LATER_DAYS})


@never_cache
@require_safe
def held(request: HttpRequest) -> HttpResponse:
    """The cases that this person holds."""
    return _part(request, "days/_held.html", {"claims": queries.claims_of(_reviewer(request), timezone.now())})


@require_POST
def pause(request: HttpRequest) -> HttpResponse:
    """Release all claims of this person."""
    released = actions.release_all(by=_reviewer(request))
    many = len(released) != 1
    said = f"{plural(len(released), 'case')} {'are' if many else 'is'} open again." if released else "You hold no case."
    return succeed(request, said, "home")


def _reviewer(request: HttpRequest) -> User:
    """Who asks. Raises Denied for those who decide no cases and so have no day of this kind."""
    by = person(request)
    if not permissions.may_anywhere(by, queue_queries.WORK, Queue):
        raise Denied("Your roles do not allow you to decide cases.")
    return by


def _part(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """The fragment for a page that asks for it, or a page of its own for a browser without scripts."""
    asked = request.headers.get("HX-Request") == "true"
    return render(request, template if asked else "days/part.html", context | {"part": template})
