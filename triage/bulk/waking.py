"""Waking a worker for a bulk change that a request does not finish on its own."""

from __future__ import annotations

from typing import Final

from console.celery import wake
from triage.bulk import actions

CARRY_ON: Final = "triage.bulk.tasks.carry_on"
#: So long a person waits for the answer: most changes are done by then.
SECONDS: Final = 1.5


def go_on(number: int) -> None:
    """Do as much of a change as a person waits for, and leave the rest to a worker."""
    if not actions.work(number, seconds=SECONDS):
        wake(CARRY_ON, number)
