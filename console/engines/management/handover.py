"""Management commands that hand over to ``python -m console.engines``."""

from __future__ import annotations

import os
import sys

from django.core.management.base import BaseCommand


class EnginesCommand(BaseCommand):
    """Becomes the engines' own program, so that Django and its memory are left behind."""

    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def run_from_argv(self, argv: list[str]) -> None:
        """Replace this process; the words after the command go along as they are."""
        os.execv(sys.executable, [sys.executable, "-m", "console.engines", *argv[1:]])  # noqa: S606
