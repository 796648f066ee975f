"""The home page: what waits for this person. Other capabilities bring their part as fragments and steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from console.notices import queries as notices
from console.people.permissions import holds
from console.web.view_helpers import fragment, person

#: Fragments by URL name, each with the permission without which it would be empty.
FRAGMENTS: Final = (("cases:home", "cases.see_queue"), ("intake:home", "runs.view_runs"))


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to set up in a new console. ``done`` must be a cheap question."""

    title: str
    why: str
    url_name: str
    permission: str
    done: Callable[[], bool]
    order: int = 100


@dataclass(frozen=True, slots=True)
class ShownStep:
    """A step as the checklist shows it."""

    step: Step
    done: bool
    url: str


_steps: dict[str, Step] = {}


def register_step(step: Step) -> None:
    """Add a step to the checklist of a new console; the last one of a title counts."""
    _steps[step.title] = step


def checklist(request: HttpRequest) -> list[ShownStep]:
    """The steps that this person may take, as long as one of them is still to be done."""
    mine = [step for step in _steps.values() if holds(person(request), step.permission)]
    shown = [
        ShownStep(step, step.done(), fragment(step.url_name)) for step in sorted(mine, key=lambda step: step.order)
    ]
    return shown if any(not step.done for step in shown) else []


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What waits for me."""
    user = person(request)
    fragments = [url for name, permission in FRAGMENTS if holds(user, permission) and (url := fragment(name))]
    idle = not fragments and not user.grants.filter(revoked_at__isnull=True).exists()
    if notices.has_urgent(user):
        fragments = [fragment("notices:home"), *fragments]
    context = {"fragments": fragments, "steps": checklist(request), "idle": idle}
    return render(request, "console/home.html", context)
