"""What beat wakes each minute. It carries nothing."""

from __future__ import annotations

from celery import shared_task

from console.people import queries as people
from governance.risks import actions


@shared_task(ignore_result=True)
def sweep_risks() -> None:
    """Take overdue risks up the ladder, say that acceptances have ended, listen to detections."""
    actions.sweep(by=people.system())
