"""The home page: what waits for this person. Capabilities declare their parts of it and the steps of the set-up."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from console.capabilities.parts import HOME, STEPS, Step
from console.people.models import User
from console.people.permissions import holds
from console.ui import dates
from console.web.view_helpers import person


@dataclass(frozen=True, slots=True)
class ShownStep:
    """A step as the checklist shows it."""

    step: Step
    done: bool
    url: str


def checklist(request: HttpRequest) -> list[ShownStep]:
    """The steps that this person may take, as long as one of them is still to be done."""
    mine = [step for step in STEPS if holds(person(request), step.permission)]
    mine.sort(key=lambda step: step.order)
    shown = [ShownStep(step, step.done(), reverse(step.url_name)) for step in mine]
    return shown if any(not step.done for step in shown) else []


def greeting(user: User, now: dt.datetime) -> str:
    """``Good morning, Ana Achieng``, by the hour of ``now``. The printed name: no part of it is ours to leave out."""
    part = "morning" if 4 <= now.hour < 12 else "afternoon" if 12 <= now.hour < 18 else "evening"
    return f"Good {part}, {user}"


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What waits for me."""
    user, now = person(request), timezone.localtime()
    parts = sorted(HOME, key=lambda part: part.order)
    urgent = [reverse(part.url_name) for part in parts if part.urgent is not None and part.urgent(user)]
    usual = [part for part in parts if part.urgent is None and _may_see(user, part.permission)]
    placed = {
        place: [reverse(part.url_name) for part in usual if part.place == place] for place in ("first", "main", "side")
    }
    context = {
        "title": greeting(user, now),
        "lead": f"{now:%A} {dates.clock(now)}",
        "first": [*urgent, *placed["first"]],
        "main": placed["main"],
        "side": placed["side"],
        "fragments": bool(urgent or usual),
        "steps": checklist(request),
        "idle": not usual and not user.grants.filter(revoked_at__isnull=True).exists(),
    }
    return render(request, "console/home.html", context)


def _may_see(user: User, permission: str) -> bool:
    return not permission or holds(user, permission)
