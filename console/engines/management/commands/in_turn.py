"""``manage.py in_turn COMMAND …``: several commands in one process, which loads the console once."""

from __future__ import annotations

import shlex
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser


class Command(BaseCommand):
    """A start migrates, guards the audit log and synchronises roles: loading the console costs more than these."""

    help = "Run commands in turn, each given as one word with its options; the first that fails ends it."

    def add_arguments(self, parser: CommandParser) -> None:
        """Accept the commands."""
        parser.add_argument("commands", nargs="+", metavar="COMMAND", help='such as "migrate --database owner"')

    def handle(self, *args: Any, **options: Any) -> None:
        """Run them."""
        for command in options["commands"]:
            call_command(*shlex.split(command), stdout=self.stdout, stderr=self.stderr)
