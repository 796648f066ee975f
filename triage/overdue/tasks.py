"""The periodic task: overdue critical cases are escalated. Without arguments."""

from __future__ import annotations

from celery import shared_task

from console.people import queries as people
from triage.overdue import actions, queries

_ROUNDS = 10


@shared_task(ignore_result=True)
def sweep_overdue() -> None:
    """Tell who is to be told of overdue critical cases, a batch at a time."""
    concord = people.system()
    for _ in range(_ROUNDS):
        done = actions.sweep(by=concord)
        if max(done.taken, done.ended) < queries.BATCH:
            break
