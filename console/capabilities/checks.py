"""System checks that need views and tasks: do the routes and tasks exist that capabilities declare?"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.urls import NoReverseMatch, reverse

from console.capabilities import parts
from console.capabilities.config import configs


@register()
def declarations_lead_somewhere(**_: Any) -> list[CheckMessage]:
    """Report every declared URL name that no route has and every scheduled task that no module defines."""
    return [*_routes(), *_tasks()]


def _routes() -> Iterator[CheckMessage]:
    for registry in (parts.NAVIGATION, parts.COMMANDS, parts.HOME):
        for name in registry.names():
            yield from _route(registry.owner(name), registry.what, name, takes_slug=False)
    for step in parts.STEPS:
        yield from _route(parts.STEPS.owner(step.title), parts.STEPS.what, step.url_name, takes_slug=False)
    for waves in (parts.WAVE_PARTS, parts.WAVE_LINKS):
        for name in waves.names():
            yield from _route(waves.owner(name), waves.what, name, takes_slug=True)


def _route(owner: str, what: str, name: str, *, takes_slug: bool) -> Iterator[CheckMessage]:
    try:
        reverse(name, args=["slug"] if takes_slug else [])
    except NoReverseMatch:
        yield Error(f"{owner} declares the {what} {name!r}, and there is no such route.", id="console.E001")


def _tasks() -> Iterator[CheckMessage]:
    for config in configs():
        for timed in config.schedules:
            if not hasattr(import_module(f"{config.name}.tasks"), timed.task):
                message = f"{config.name} schedules the task {timed.task!r}, which its module tasks does not define."
                yield Error(message, id="console.E002")
