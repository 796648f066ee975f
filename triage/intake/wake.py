"""Waking workers. Rows say what is to be done; a message lost on its way costs seconds, never work."""

from __future__ import annotations

from console.celery import wake


def take_in(run_id: int) -> None:
    """Once this transaction has committed, have a worker check a run."""
    wake("triage.intake.tasks.take_in", run_id, queue="intake")


def load_file(file_id: int) -> None:
    """Once this transaction has committed, have a worker load a file."""
    wake("triage.intake.tasks.load_file", file_id, queue="intake")
