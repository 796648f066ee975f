"""``manage.py demo_critical``: the demonstration's last act, a run with one critical match that no one has seen."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from samples import demo


class Command(BaseCommand):
    """May be given again and again: each time someone else comes to Emergency by night."""

    help = "Put a run package of wave 1 into the inbox that reports one critical match no one has seen before."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the package and say where it lies; the console finds it within seconds."""
        try:
            package = demo.next_delta()
        except demo.Stuck as stuck:
            raise CommandError(str(stuck)) from None
        self.stdout.write(f"{package.name} is in the inbox: one critical match of wave 1 is new in it.")
