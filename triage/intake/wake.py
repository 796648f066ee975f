"""Waking workers. Rows say what is to be done; a message lost on its way costs seconds, never work."""

from __future__ import annotations

import logging
from functools import partial

from django.db import transaction
from kombu.exceptions import KombuError

from console.celery import app

logger = logging.getLogger(__name__)

# A person may be waiting: with the broker away, give up at once instead of trying for seconds.
_SOON = {"max_retries": 1, "interval_start": 0, "interval_step": 0.1, "interval_max": 0.1}


def take_in(run_id: int) -> None:
    """Once this transaction has committed, have a worker check a run."""
    transaction.on_commit(partial(_send, "triage.intake.tasks.take_in", run_id))


def load_file(file_id: int) -> None:
    """Once this transaction has committed, have a worker load a file."""
    transaction.on_commit(partial(_send, "triage.intake.tasks.load_file", file_id))


def _send(task: str, key: int) -> None:
    try:
        with app.connection_for_write(transport_options=_SOON) as connection:
            app.send_task(task, [key], queue="intake", retry=False, connection=connection)
    except (KombuError, OSError):
        # The commit stands; the beat finds the row (tasks.resume_runs).
        logger.warning("The broker is away; %s will be woken by the next sweep.", task)
