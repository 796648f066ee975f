"""Renders templates and the gallery without a database: what a component draws depends on nothing else."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django.template import Context, engines
from django.test import RequestFactory

from console.ui import gallery
from console.ui.nav import Entry, NavItem


def draw(source: str, **context: Any) -> str:
    """The HTML of a piece of template."""
    return str(
        engines["django"].from_string(source).render({"request": RequestFactory().get("/?view=mine"), **context})
    )


def shell(**more: Any) -> dict[str, Any]:
    """What the context processor gives to someone signed in, with two entries in the navigation."""
    entries = [
        Entry(NavItem("Queues", "queues", "inbox", key="g q", group="Work"), "/queues/", False),
        Entry(NavItem("Components", "ui:gallery", "layout-grid"), "/ui/", True),
    ]
    preferences = {"theme": "auto", "density": "compact", "keys": "on"}
    return {
        "entries": entries,
        "preferences": preferences,
        "demo": True,
        "idle_seconds": 900,
        "limit_seconds": 43_200,
        **more,
    }


def _someone(pk: int | None) -> SimpleNamespace:
    return SimpleNamespace(pk=pk, is_authenticated=pk is not None, time_zone="UTC", get_username="olu")


def _whole(template: Any, person: int | None, **context: Any) -> str:
    frame = {"user": _someone(person), "shell": shell(), "request": RequestFactory().get("/ui/")}
    return str(template.template.render(Context(frame | context)))


def gallery_page() -> str:
    """The whole gallery page as someone signed in sees it."""
    return _whole(engines["django"].get_template("ui/gallery.html"), 7, **gallery.context())


def page(content: str, person: int | None = 7) -> str:
    """A whole page around ``content``, for the person of that number; None for someone not signed in."""
    source = '{% extends "base.html" %}{% block content %}{{ inner|safe }}{% endblock %}'
    return _whole(engines["django"].from_string(source), person, inner=content)
