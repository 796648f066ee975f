"""What the audit log declares, and everything of it that listens: connections, sign-in, tasks, system checks."""

from __future__ import annotations

from typing import Any, Final

from django.apps import apps
from django.db import connections
from django.db.models.signals import post_migrate

from console.audit import attribution, capture, checks, guard, signals, tasks_context  # noqa: F401 - they register themselves
from console.capabilities.declaration import Capability
from console.capabilities.parts import NavItem, Permission

#: Verb, sentence after the actor's name, icon.
VERBS: Final = (
    # Row changes and the audit log itself
    ("row.created", "created {table} {pk}", "plus"),
    ("row.updated", "changed {table} {pk}", "pencil"),
    ("row.deleted", "removed {table} {pk}", "trash-2"),
    ("row.truncated", "truncated {table}", "trash-2"),
    ("schema.changed", "changed the definition of {table}: {command}", "database"),
    ("book.viewed", "viewed the audit log", "book-open"),
    ("book.guarded", "enabled audit log protection", "shield-check"),
    ("book.guard_lifted", "disabled audit log protection", "shield-alert"),
    # Signing in
    ("session.signed_in", "signed in", "log-in"),
    ("session.signed_out", "signed out", "log-out"),
    ("session.sign_in_failed", "sign-in failed", "shield-x"),
    ("session.reauthenticated", "re-authenticated", "key-round"),
    ("session.second_factor_failed", "failed multi-factor authentication", "shield-x"),
    ("person.password_changed", "changed their password", "key-round"),
    ("person.password_reset", "reset their password", "key-round"),
    ("person.password_set", "set a password", "key-round"),
    ("person.email_changed", "changed their e-mail address", "mail"),
    ("person.factor_added", "added a second factor: {type}", "shield-plus"),
    ("person.factor_removed", "removed a second factor: {type}", "shield-minus"),
    ("person.factor_reset", "renewed a second factor: {type}", "shield"),
)
FAMILIES: Final = {
    "session": "Sign-in",
    "book": "Audit log",
    "row": "Row changes",
    "schema": "Schema changes",
}
VIEW: Final = "audit.view_book"


def _watch_tables(using: str, **_: Any) -> None:
    """After every migration: put the triggers on governed tables. Under guard only ``book_guard`` may."""
    with connections[using].cursor() as cursor:
        if not guard.guarded(cursor):
            capture.install(cursor)


def _connect() -> None:
    attribution.connect()
    post_migrate.connect(_watch_tables, sender=apps.get_app_config("audit"), dispatch_uid="console.audit.capture")


CAPABILITY: Final = Capability(
    urls="console.audit.urls",
    api_urls="console.audit.api_urls",
    navigation=(NavItem("Audit log", "audit:timeline", "book-open", "g b", VIEW, 700),),
    verbs=VERBS,
    families=FAMILIES,
    permissions=(Permission("audit.LogEntry", "view_book", "Read the audit log"),),
    connect=(_connect,),
)
