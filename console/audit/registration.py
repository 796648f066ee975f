"""What the audit log declares, and everything of it that listens: connections, migrations, tasks, system checks."""

from __future__ import annotations

from typing import Any, Final

from django.apps import apps
from django.db import connections
from django.db.models.signals import post_migrate

from console.audit import attribution, capture, checks, guard, tasks_context  # noqa: F401 - they register themselves
from console.capabilities.declaration import Capability

#: Verb, sentence after the actor's name, icon.
VERBS: Final = (
    ("row.created", "created {table} {pk}", "plus"),
    ("row.updated", "changed {table} {pk}", "pencil"),
    ("row.deleted", "removed {table} {pk}", "trash-2"),
    ("row.truncated", "truncated {table}", "trash-2"),
    ("schema.changed", "changed the definition of {table}: {command}", "database"),
    ("book.viewed", "viewed the audit log", "book-open"),
    ("book.guarded", "enabled audit log protection", "shield-check"),
    ("book.guard_lifted", "disabled audit log protection", "shield-alert"),
)
FAMILIES: Final = {
    "book": "Audit log",
    "row": "Row changes",
    "schema": "Schema changes",
}


def _watch_tables(using: str, **_: Any) -> None:
    """After every migration: put the triggers on governed tables. Under guard only ``book_guard`` may."""
    with connections[using].cursor() as cursor:
        if not guard.guarded(cursor):
            capture.install(cursor)


def _connect() -> None:
    attribution.connect()
    post_migrate.connect(_watch_tables, sender=apps.get_app_config("audit"), dispatch_uid="console.audit.capture")


CAPABILITY: Final = Capability(
    verbs=VERBS,
    families=FAMILIES,
    connect=(_connect,),
)
