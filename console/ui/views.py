"""The shell's own pages."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from console.people import middleware
from console.people.permissions import require
from console.ui import actions
from console.ui import gallery as samples
from console.ui.context import preferences_of
from console.ui.forms import PreferencesForm
from console.web.form_pages import NotDone, sent, submit, succeed
from console.web.view_helpers import person


@require_GET
def gallery(request: HttpRequest) -> HttpResponse:
    """Every component in every state, for those who build and check pages."""
    require(person(request), "people.view_gallery", to="see the component gallery")
    return render(request, "ui/gallery.html", samples.context())


@require_http_methods(["GET", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """Display settings: a page of its own, and what the menu sends."""
    by = person(request)
    current = preferences_of(by) | {"time_zone": by.time_zone}
    form = PreferencesForm(sent(request), current=current)
    saved = submit(form, actions.prefer, by=by)
    if isinstance(saved, NotDone):
        return render(request, "ui/preferences.html", {"form": form}, status=saved.status)
    if request.headers.get("X-Requested-With") == "fetch":
        return HttpResponse(status=204)
    return succeed(request, "Your display settings are saved.", _next(request))


@require_POST
def session(request: HttpRequest) -> JsonResponse:
    """Stay signed in: the request itself counts as activity. Answers with the seconds that are left."""
    return JsonResponse(middleware.remaining(request))


def _next(request: HttpRequest) -> str:
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if safe and target else request.path
