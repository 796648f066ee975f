"""Sets the stage for the journeys: the cast, the standard queues, the source, and packages in the inbox.

Run as ``python -m tests.journeys.stage [SCENE …]`` against the console whose environment it is given. Without a scene
it brings in the cast and the first run. ``later`` waits until the runs of weeks 39 and 40 of wave 2 are settled;
``pack-later`` and ``pack-sums`` only put their packages into the inbox; ``decided`` has the reviewers decide.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import django


def main(scenes: list[str]) -> None:
    """Set what is asked for."""
    django.setup()
    from samples import demo, story

    if not scenes:
        _opening()
    for scene in scenes:
        if scene == "later":
            demo.deliver(story.run_three, story.RUN_THREE, print)
            demo.deliver(story.run_five, story.RUN_FIVE, print)
        elif scene == "pack-later":
            _pack(story.run_three)
        elif scene == "pack-sums":
            _pack(story.run_five)
        elif scene == "decided":
            _decided()
        else:
            raise SystemExit(f"There is no scene {scene}.")


def _opening() -> None:
    from django.conf import settings

    from console.people.queries import system
    from samples import cast, demo, story, talk

    cast.bring_in(settings.CONCORD_HOME, by=system())
    talk.set_up_mailbox(by=system())
    demo.set_up(by=system())
    demo.deliver(story.run_one, story.RUN_ONE, print)


def _decided() -> None:
    from console.people.models import User
    from samples import demo

    demo.decide(list(User.objects.filter(username__in=["ana", "ben"]).order_by("username")), print)


def _pack(build: Callable[[Path], Path]) -> None:
    """Into the inbox in one move, as a pipeline does it, without waiting for what becomes of it."""
    from django.conf import settings

    from samples import demo

    with tempfile.TemporaryDirectory(dir=settings.CONCORD_HOME) as draft:
        package = build(Path(draft))
        shutil.move(package, Path(settings.INBOX_ROOT) / demo.SOURCE / package.name)


if __name__ == "__main__":
    main(sys.argv[1:])
