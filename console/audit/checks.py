"""System checks: warn at every start of what keeps the audit log from being fully guarded."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register


@register()
def guardable(**_: Any) -> list[CheckMessage]:
    """Warn when no superuser's address is known, or when app and migrations share one role."""
    found: list[CheckMessage] = []
    if not settings.DATABASES["default"].get("USER"):
        return found  # nothing is set up yet
    if not settings.ENGINES.admin_url:
        found.append(
            Warning(
                "The audit log is not guarded against the database role that migrates.",
                hint="Set DATABASE_ADMIN_URL and run `manage.py book_guard` once after every migration.",
                id="console.W001",
            )
        )
    if settings.DATABASES["default"].get("USER") == settings.DATABASES["owner"].get("USER"):
        found.append(
            Warning(
                "The console uses the same database role that migrates, so it could change the audit log.",
                hint="Give migrations a role of their own in DATABASE_OWNER_URL.",
                id="console.W002",
            )
        )
    return found
