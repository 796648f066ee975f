"""The periodic task: counts of queues are folded. Without arguments."""

from __future__ import annotations

from celery import shared_task

from triage.days import actions


@shared_task(ignore_result=True)
def fold_flow() -> None:
    """Fold the counts of what comes into queues and goes out of them."""
    actions.fold_flow()
