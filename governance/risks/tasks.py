"""What beat wakes each minute. It carries nothing."""

from __future__ import annotations

from celery import shared_task

from console.people import queries as people
from governance.risks import actions


@shared_task(ignore_result=True)
def sweep_risks() -> None:
    """Escalate overdue risks, expire acceptances, check detection measures."""
    actions.sweep(by=people.system())
