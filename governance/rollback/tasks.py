"""Check triggers on beat's schedule. It raises alarms and asks people; it never rolls back automatically."""

from __future__ import annotations

from celery import shared_task

from console.people import queries as people
from governance.rollback import actions


@shared_task(ignore_result=True)
def sweep() -> None:
    """Look at the triggers of every plan whose window is open."""
    actions.sweep(by=people.system())
