"""The shell's own pages."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from console.people.models import User
from console.people.permissions import require
from console.ui import actions, gallery as samples
from console.ui.context import preferences_of
from console.ui.forms import PreferencesForm


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # login_required let nobody else through
    return request.user


@login_required
@require_GET
def gallery(request: HttpRequest) -> HttpResponse:
    """Every component in every state, for those who build and check pages."""
    require(_person(request), "people.view_gallery", to="see the component gallery")
    return render(request, "ui/gallery.html", samples.context())


@login_required
@require_http_methods(["GET", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """Display settings: a page of its own, and what the menu sends."""
    person = _person(request)
    current = preferences_of(person) | {"time_zone": person.time_zone}
    form = PreferencesForm(request.POST if request.method == "POST" else None, current=current)
    if request.method == "POST" and form.is_valid():
        chosen = dict(form.cleaned_data)
        actions.prefer(time_zone=chosen.pop("time_zone"), chosen=chosen, by=person)
        if request.headers.get("X-Requested-With") == "fetch":
            return HttpResponse(status=204)
        messages.success(request, "Your display settings are saved.")
        return redirect(_next(request))
    return render(request, "ui/preferences.html", {"form": form}, status=422 if form.is_bound else 200)


@login_required
@require_POST
def session(request: HttpRequest) -> JsonResponse:
    """Stay signed in: the request itself counts as activity; the session rules do the rest."""
    request.session.modified = True
    return JsonResponse({"extended": True})


def _next(request: HttpRequest) -> str:
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return target if safe and target else request.path
