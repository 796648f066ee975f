"""Restore the embedded database from a backup."""

from __future__ import annotations

from console.engines.management.handover import EnginesCommand


class Command(EnginesCommand):
    """Hands over to ``python -m console.engines restore``."""

    help = "Put the embedded database back to what a backup holds."
