from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


class BookConfig(AppConfig):
    name = "console.audit"
    label = "audit"
    verbose_name = "Audit log"

    def ready(self) -> None:
        from console.audit import registration  # noqa: PLC0415 - models exist only once apps are ready

        post_migrate.connect(_watch_tables, sender=self, dispatch_uid="console.audit.capture")
        registration.register()


def _watch_tables(using: str = "default", **_: Any) -> None:
    """After every migration: put the triggers on governed tables. Under guard only `book_guard` may."""
    from console.audit import capture, guard  # noqa: PLC0415 - models exist only once apps are ready

    with connections[using].cursor() as cursor:
        if not guard.guarded(cursor):
            capture.install(cursor)
