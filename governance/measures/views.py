"""Pages of measures: all of a wave, one in detail, the command centre, and definitions."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from console import keyset
from console.errors import Missing
from console.people.models import User
from console.people.permissions import may, may_anywhere, require, scoped
from console.waves.models import Wave
from console.waves.queries import wave_seen_by
from console.web.form_pages import Done, sent, submit, succeed
from console.web.view_helpers import person
from governance.measures import actions, command_centre, presenting, queries
from governance.measures.actions.defining import MANAGE
from governance.measures.forms import ChangeForm, DefineForm

VIEW: Final = "waves.view_wave"
#: How the address names the programme as a whole, which no slug can be.
PROGRAMME: Final = "*"
DAYS: Final = {"1": "24 hours", "7": "7 days", "30": "30 days", "90": "90 days"}
_CHOICES: Final = 200


@require_GET
def measures(request: HttpRequest) -> HttpResponse:
    """What every measure says now of one wave, or of the programme as a whole."""
    user = _viewer(request)
    choice = _choice(request, user)
    context = choice | {"may_define": may(user, MANAGE)}
    if choice["chosen"]:
        context["board"] = presenting.board(choice["wave"])
    return render(request, "measures/measures.html", context)


@require_GET
def measure(request: HttpRequest, code: str) -> HttpResponse:
    """One measure at large: its course, its parts, its values one by one, where they come from."""
    user = _viewer(request)
    definition = queries.definition(code)
    if definition is None:
        raise Missing("There is no measure of that code.")
    choice = _choice(request, user)
    wave: Wave | None = choice["wave"]
    part = request.GET.get("part", "")[:120]
    days = request.GET.get("days", "1") if request.GET.get("days") in DAYS else "1"
    now = timezone.now()
    card = presenting.one(definition, wave, part, since=now - dt.timedelta(days=int(days)), now=now)
    page = queries.page_of_samples(code, wave, part, place=keyset.asked(request.GET))
    context = choice | {
        "card": card,
        "definition": definition,
        "part": part,
        "parts": presenting.parts(definition, wave, now=now),
        "ranges": [(key, words, key == days) for key, words in DAYS.items()],
        "page": page,
        "rows": presenting.rows(definition, page.items),
        "may_change": may(user, MANAGE) and definition.origin == "custom",
    }
    return render(request, "measures/measure.html", context)


@require_http_methods(["GET", "POST"])
def define(request: HttpRequest) -> HttpResponse:
    """Define a measure."""
    user = person(request)
    require(user, MANAGE, to="define measures")
    form = DefineForm(sent(request))
    made = submit(form, actions.define_measure, by=user)
    if isinstance(made, Done):
        said = f"{made.value} is defined. It has no value until one is reported."
        return succeed(request, said, "measures:measure", made.value.code)
    return render(request, "measures/edit.html", {"form": form}, status=made.status)


@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, code: str) -> HttpResponse:
    """Edit a measure, or stop its reports."""
    user = person(request)
    require(user, MANAGE, to="change measures")
    found = queries.defined(code)
    initial = {name: getattr(found, name) for name in ("title", "why", "noun", "direction", "keep_days", "active")}
    form = ChangeForm(sent(request), initial=initial | {"fresh_minutes": -(-found.fresh_seconds // 60)})
    changed = submit(form, actions.change_measure, measure=found, by=user)
    if isinstance(changed, Done):
        return succeed(request, f"{changed.value} updated.", "measures:measure", found.code)
    return render(request, "measures/edit.html", {"form": form, "measure": found}, status=changed.status)


@require_GET
def war_room(request: HttpRequest, slug: str) -> HttpResponse:
    """One wave on the day: large figures, what is out of bounds first."""
    wave = wave_seen_by(person(request), slug)
    return render(request, "measures/war_room.html", {"wave": wave, "centre": command_centre.status(wave)})


@require_GET
def war_room_now(request: HttpRequest, slug: str) -> HttpResponse:
    """Render the command centre's current figures. A change since ``seen`` is announced."""
    wave = wave_seen_by(person(request), slug)
    centre = command_centre.status(wave)
    announce = request.GET.get("seen", "")[:64] != centre.digest
    return render(request, "measures/_war_room.html", {"wave": wave, "centre": centre, "announce": announce})


def _viewer(request: HttpRequest) -> User:
    user = person(request)
    if not may_anywhere(user, VIEW, Wave):
        require(user, VIEW, to="see measures")
    return user


def _choice(request: HttpRequest, user: User) -> dict[str, Any]:
    """The wave that the address asks for, or the first one that this person may see; and what else there is."""
    waves = list(scoped(user, VIEW, Wave.objects.order_by("slug"))[:_CHOICES])
    asked = request.GET.get("wave", "")[:100]
    programme = may(user, VIEW)
    if asked == PROGRAMME:
        require(user, VIEW, to="see measures of the whole programme")
        wave, chosen = None, PROGRAMME
    else:
        wave = wave_seen_by(user, asked) if asked else next(iter(waves), None)
        chosen = wave.slug if wave else PROGRAMME if programme else ""
    return {"waves": waves, "wave": wave, "chosen": chosen, "programme": PROGRAMME if programme else ""}
