"""Waking workers. Rows say what is to be done; a message lost on its way costs seconds, never work."""

from __future__ import annotations

from functools import partial

from celery import current_app
from django.db import transaction


def take_in(run_id: int) -> None:
    """Once this transaction has committed, have a worker check a run."""
    _send("triage.intake.tasks.take_in", run_id)


def load_file(file_id: int) -> None:
    """Once this transaction has committed, have a worker load a file."""
    _send("triage.intake.tasks.load_file", file_id)


def _send(task: str, key: int) -> None:
    # Robust: with the broker away the commit stands, and the beat finds the row (tasks.resume_runs).
    transaction.on_commit(partial(current_app.send_task, task, [key], queue="intake", retry=False), robust=True)
