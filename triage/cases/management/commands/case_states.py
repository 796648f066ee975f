"""``manage.py case_states``: draw the states of a case into the reference."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from triage.cases.diagram import document


class Command(BaseCommand):
    """Writes ``docs/reference/case-states.md``."""

    help = "Draw the state machine of cases into docs/reference/case-states.md."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the page."""
        path = settings.BASE_DIR / "docs" / "reference" / "case-states.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(document(), encoding="utf-8")
        self.stdout.write("docs/reference/case-states.md")
