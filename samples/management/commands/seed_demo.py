"""``manage.py seed_demo``: bring the demonstration hospital into a running console."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from console.errors import Refusal
from console.people.queries import system
from samples import cast, demo


class Command(BaseCommand):
    """Needs running workers: its runs are taken in by them like any other run."""

    help = "Bring in the demonstration hospital: people, queues, four weeks of runs, decisions and their proof."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add ``--people``."""
        parser.add_argument("--people", action="store_true", help="bring in the people alone; needs no workers")

    def handle(self, *args: Any, **options: Any) -> None:
        """Go through the story, saying each step as it is done."""
        by = system()
        try:
            people = cast.bring_in(settings.CONCORD_HOME, by=by)
            if not options["people"]:
                demo.run(people, by=by, say=self._say)
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from None
        except demo.Stuck as stuck:
            raise CommandError(str(stuck)) from None

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
