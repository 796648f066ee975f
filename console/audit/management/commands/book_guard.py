"""``manage.py book_guard``: guard the audit log, or lift the guard for a migration that must alter it."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from console.audit import capture, guard


class Command(BaseCommand):
    """Needs DATABASE_ADMIN_URL (the embedded engine has its own); safe to repeat."""

    help = (
        "Protect the audit log from changes by any database role. --lift removes the protection, --check verifies it."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Accept one of the two options, or neither."""
        group = parser.add_mutually_exclusive_group()
        group.add_argument(
            "--lift", action="store_true", help="Lift the guard, so that a migration may alter the audit log."
        )
        group.add_argument(
            "--check", action="store_true", help="Report whether the guard is in place; exit 1 when it is not."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Guard, lift or check."""
        if options["check"]:
            return self._check()
        url = guard.admin_url()
        if not url:
            self.stderr.write(
                "DATABASE_ADMIN_URL is not set, so the audit log is not guarded against the role that migrates: it"
                " could drop the triggers that refuse changes. The app's role still cannot. Set it and run book_guard"
                " again."
            )
            return None
        if options["lift"]:
            guard.lift(url)
            self.stdout.write("The guard is lifted. Run `manage.py book_guard` again after the migration.")
            return None
        outcome = guard.guard(url)
        self.stdout.write(f"The audit log is guarded; {outcome.triggers} triggers created or renewed.")
        return None

    def _check(self) -> None:
        with connections["owner"].cursor() as cursor:
            absent = capture.missing(cursor)
            stands = guard.guarded(cursor)
        for trigger in absent:
            self.stderr.write(f"Missing: {trigger.name} on {trigger.table}.")
        if absent or not stands:
            raise CommandError("Audit log protection is incomplete. Run `manage.py book_guard`.")
        self.stdout.write("Audit log protection is active.")
