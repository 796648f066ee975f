"""``manage.py reset``: Delete everything under the home but the backups."""

from __future__ import annotations

from console.engines.management.handover import EnginesCommand


class Command(EnginesCommand):
    """Hands over to ``python -m console.engines reset``."""

    help = "Delete everything under the home but the backups."
