"""Periodic tasks: the sequencer every second, the sweep of queues every five. Neither has arguments."""

from __future__ import annotations

from celery import shared_task

from console.people import queries as people
from triage.cases import sequencer
from triage.cases.actions import maintenance

_BATCHES = 50


@shared_task(ignore_result=True)
def release_decisions() -> None:
    """Give every decision whose time has come its place in the feed."""
    concord = people.system()
    for _ in range(_BATCHES):
        if sequencer.release(by=concord).count < sequencer.BATCH:
            break


@shared_task(ignore_result=True)
def sweep_queues() -> None:
    """End claims that have run out, wake deferred cases, fold counts."""
    maintenance.sweep(by=people.system())
    maintenance.fold_tally()
