"""``manage.py setup apply FILE``, ``setup show``, ``setup export``: the set-up as a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from console.errors import Refusal
from console.people.queries import system
from console.ui.text import plural
from triage.setup import actions, files, queries
from triage.setup.files import FORMAT


class Command(BaseCommand):
    """Acts as Concord itself: anyone who can run this command controls the installation."""

    help = "Apply a set-up file (waves, sources, calendars, queues, due times, routing), or print what is set up."

    def add_arguments(self, parser: CommandParser) -> None:
        """``apply FILE [--dry-run]``, ``show``, ``export``."""
        parser.add_argument("what", choices=["apply", "show", "export"])
        parser.add_argument("file", nargs="?", type=Path, help="With apply: a .json or .toml file.")
        parser.add_argument("--dry-run", action="store_true", help="Say what would change, and change nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError for what is refused."""
        if (options["what"] == "apply") != (options["file"] is not None):
            raise CommandError("“apply” takes a file; “show” and “export” take none.")
        if options["what"] == "apply":
            self._apply(options["file"], dry_run=options["dry_run"])
        elif options["what"] == "export":
            self.stdout.write(json.dumps(queries.export(), indent=2, ensure_ascii=False))
        else:
            self._show()

    def _apply(self, path: Path, *, dry_run: bool) -> None:
        try:
            changes = actions.apply(setup=files.read(path), dry_run=dry_run, by=system())
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from None
        for change in changes:
            verb = (
                ("would create" if dry_run else "created")
                if change.created
                else ("would change" if dry_run else "changed")
            )
            self.stdout.write(f"{verb} {change.section} “{change.name}”: {', '.join(change.fields)}")
        if not changes:
            self.stdout.write("Nothing to change: everything is set up as the file says.")
        elif dry_run:
            self.stdout.write(f"{plural(len(changes), 'change')}, none made (dry run).")

    def _show(self) -> None:
        for section, entries in queries.export().items():
            if section != "format":
                self.stdout.write(f"{section} ({len(entries)})")
                for entry in entries:
                    self.stdout.write("  " + ", ".join(f"{name}: {_said(value)}" for name, value in entry.items()))
        self.stdout.write(f"As a file of format {FORMAT}: manage.py setup export")


def _said(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)
