"""``manage.py down``: Stop a console that runs from the same home."""

from __future__ import annotations

from console.engines.management.handover import EnginesCommand


class Command(EnginesCommand):
    """Hands over to ``python -m console.engines down``."""

    help = "Stop a console that runs from the same home."
