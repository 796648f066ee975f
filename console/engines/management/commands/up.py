"""Start the database, workers and web server. --demo loads the demonstration hospital."""

from __future__ import annotations

from console.engines.management.handover import EnginesCommand


class Command(EnginesCommand):
    """Hands over to ``python -m console.engines up``."""

    help = "Start the engines, the workers and the web server; --demo brings in the demonstration hospital."
