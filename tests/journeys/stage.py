"""Sets the stage for the journeys: the cast, the standard queues, the source, and the first run's package in the inbox.

Run as ``python -m tests.journeys.stage`` against the console whose environment it is given.
"""

from __future__ import annotations

import django


def main() -> None:
    """Set the stage and wait until the first run is loaded."""
    django.setup()
    from django.conf import settings

    from console.people.queries import system
    from samples import cast, demo, story

    cast.bring_in(settings.CONCORD_HOME, by=system())
    demo.set_up(by=system())
    demo.deliver(story.run_one, story.RUN_ONE, print)


if __name__ == "__main__":
    main()
