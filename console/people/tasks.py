"""Housekeeping."""

from __future__ import annotations

from celery import shared_task
from django.core.management import call_command


@shared_task(ignore_result=True)
def clear_sessions() -> None:
    """Remove sessions that are over from the database."""
    call_command("clearsessions")
