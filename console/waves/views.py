"""Pages of waves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from console import keyset
from console.capabilities.parts import WAVE_LINKS, WAVE_PARTS, WaveLink, WavePart
from console.people.permissions import may, may_anywhere, require
from console.waves import actions, queries, rules
from console.waves.forms import CutoverForm, DescribeForm, MakeForm
from console.waves.models import Wave
from console.web.form_pages import Done, sent, submit, succeed
from console.web.view_helpers import person

MANAGE = "waves.manage_wave"
P = TypeVar("P", WavePart, WaveLink)


@require_GET
def waves(request: HttpRequest) -> HttpResponse:
    """The waves that this person may see."""
    user = person(request)
    if not may_anywhere(user, "waves.view_wave", Wave):
        require(user, "waves.view_wave", to="see waves")
    page = queries.page_of_waves(user, place=keyset.asked(request.GET))
    return render(request, "waves/waves.html", {"page": page, "may_make": may(user, MANAGE)})


@require_http_methods(["GET", "POST"])
def make(request: HttpRequest) -> HttpResponse:
    """Make a wave."""
    user = person(request)
    require(user, MANAGE, to="make waves")
    form = MakeForm(sent(request))
    made = submit(form, actions.make_wave, by=user)
    if isinstance(made, Done):
        return succeed(request, f"{made.value} is made.", "waves:wave", made.value.slug)
    return render(request, "waves/edit.html", {"form": form}, status=made.status)


@require_GET
def wave(request: HttpRequest, slug: str) -> HttpResponse:
    """A wave, with what other capabilities show of it."""
    user = person(request)
    found = queries.wave_seen_by(user, slug)
    context = {
        "wave": found,
        "may_describe": rules.may_describe(found) if may(user, MANAGE, found) else None,
        "parts": [(part, reverse(part.url_name, args=[found.slug])) for part in _in_order(WAVE_PARTS)],
        "links": [(link, reverse(link.url_name, args=[found.slug])) for link in _in_order(WAVE_LINKS)],
    }
    return render(request, "waves/wave.html", context)


@require_http_methods(["GET", "POST"])
def describe(request: HttpRequest, slug: str) -> HttpResponse:
    """Edit a wave."""
    user = person(request)
    found = queries.wave_seen_by(user, slug)
    require(user, MANAGE, found, to="describe this wave")
    initial = {"name": found.name, "description": found.description, "planned_for": found.planned_for}
    form = DescribeForm(sent(request), initial=initial)
    described = submit(form, actions.describe_wave, wave=found, by=user)
    if isinstance(described, Done):
        return succeed(request, "Wave updated.", "waves:wave", found.slug)
    return render(request, "waves/edit.html", {"form": form, "wave": found}, status=described.status)


@require_http_methods(["GET", "POST"])
def state_cutover(request: HttpRequest, slug: str) -> HttpResponse:
    """State that a wave has cut over; or, where it has, that it has not after all."""
    user = person(request)
    found = queries.wave_seen_by(user, slug)
    require(user, MANAGE, found, to="state the cutover of this wave")
    act = actions.retract_cutover if found.cut_over_at else actions.state_cutover
    form = CutoverForm(sent(request))
    stated = submit(form, act, wave=found, by=user)
    if isinstance(stated, Done):
        said = (
            "has cut over. Cases deferred past its cutover reopen." if stated.value.cut_over_at else "has not cut over."
        )
        return succeed(request, f"{found} {said}", "waves:wave", found.slug)
    return render(request, "waves/cutover.html", {"form": form, "wave": found}, status=stated.status)


def _in_order(parts: Iterable[P]) -> list[P]:
    return sorted(parts, key=lambda part: part.order)
