"""Where the book stands in the shell, and everything of it that listens: connections, sign-in, tasks, system checks."""

from __future__ import annotations

from console.audit import attribution, checks, signals, tasks_context  # noqa: F401 - they register themselves
from console.ui import nav
from console.ui.nav import NavItem


def register() -> None:
    """Register all of it, once the apps are ready."""
    attribution.connect()
    nav.register(
        NavItem("Audit log", "audit:timeline", "book-open", key="g b", permission="audit.view_book", order=700)
    )
