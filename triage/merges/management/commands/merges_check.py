"""``manage.py merges_check``: compare the ledger of patient matches with the decisions that stand."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from console.ui.text import plural
from triage.merges import consistency


class Command(BaseCommand):
    """Prints decisions that stand without being in the ledger, and sets that do not follow from the decisions in it."""

    help = "List settled patient-match decisions that contradict others, and check the ledger against all that stand."

    def handle(self, *args: Any, **options: Any) -> None:
        """Check everything. Raises CommandError when there is anything to list."""
        found = consistency.check()
        for decision in found.left_out:
            self.stdout.write(f"{decision.sentence}: contradicts earlier decisions and is not in the ledger.")
        for key in found.wrong:
            self.stdout.write(f"Record {key}: its golden record does not follow from the decisions that stand.")
        if found.left_out or found.wrong:
            raise CommandError(f"{plural(len(found.left_out) + len(found.wrong), 'finding')}.")
        self.stdout.write(f"{plural(found.decisions, 'decision')} on patient matches stand and agree.")
