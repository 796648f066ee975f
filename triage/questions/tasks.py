"""Periodic task: questions whose time has come. Without arguments."""

from __future__ import annotations

from celery import shared_task

from console.people import queries as people
from triage.questions import actions
from triage.questions.actions.sweeping import AT_ONCE

_BATCHES = 20


@shared_task(ignore_result=True)
def sweep() -> None:
    """End questions that were not answered in time, or whose case went on without an answer."""
    concord = people.system()
    for _ in range(_BATCHES):
        swept = actions.sweep(by=concord)
        if swept.late + swept.overtaken < AT_ONCE:
            break
