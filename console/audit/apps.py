from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class BookConfig(AppConfig):
    name = "console.audit"
    label = "audit"
    verbose_name = "The book"

    def ready(self) -> None:
        from console.audit import attribution, checks, signals, tasks_context  # noqa: F401 - they register themselves
        from console.ui import nav
        from console.ui.nav import NavItem

        post_migrate.connect(_watch_tables, sender=self, dispatch_uid="console.audit.capture")
        attribution.connect()
        nav.register(NavItem("The book", "audit:timeline", "book-open", key="g b", permission="audit.view_book", order=700))


def _watch_tables(using: str = "default", **_: Any) -> None:
    """After every migration: put the triggers on governed tables. Under guard only `book_guard` may."""
    from django.db import connections

    from console.audit import capture, guard

    with connections[using].cursor() as cursor:
        if not guard.guarded(cursor):
            capture.install(cursor)
