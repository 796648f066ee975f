"""``manage.py publish_schemas``: write the published JSON Schemas to ``docs/schemas/``."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from console import schemas


class Command(BaseCommand):
    """A test fails while these files differ from the types they are made of."""

    help = "Write the JSON Schemas of manifests and lines to docs/schemas/."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write them all."""
        for path in schemas.write(settings.BASE_DIR / "docs" / "schemas"):
            self.stdout.write(str(path.relative_to(settings.BASE_DIR)))
