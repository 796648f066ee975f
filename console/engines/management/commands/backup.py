"""``manage.py backup``: Dump the database to the home's backups."""

from __future__ import annotations

from console.engines.management.handover import EnginesCommand


class Command(EnginesCommand):
    """Hands over to ``python -m console.engines backup``."""

    help = "Dump the database to the home's backups."
