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
    """What the context processor gives to somebody signed in, with two entries in the navigation."""
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


def gallery_page(**more: Any) -> str:
    """The whole gallery page as somebody signed in sees it."""
    user = SimpleNamespace(pk=7, is_authenticated=True, time_zone="UTC", get_username="olu", __str__=lambda: "Olu")
    context = {**gallery.context(), "user": user, "shell": shell(**more), "request": RequestFactory().get("/ui/")}
    return str(engines["django"].get_template("ui/gallery.html").template.render(Context(context)))
