"""Tasks of intake. A task carries a row's ID and nothing else; the row says what is to be done."""

from __future__ import annotations

from collections.abc import Callable

from celery import shared_task
from django.db import InterfaceError, OperationalError, close_old_connections

from triage.intake import loader, polling, queries, wake

AT_ONCE = 8  # rows that one sweep wakes; the next sweep is seconds away
_DATABASE_AWAY = (OperationalError, InterfaceError)


@shared_task(autoretry_for=_DATABASE_AWAY, retry_backoff=2, retry_backoff_max=30, max_retries=5)
def take_in(run_id: int) -> None:
    """Check a run's files; files of a run that adds up are loaded by tasks of their own."""
    _guarded(lambda: loader.check(run_id))


@shared_task(autoretry_for=_DATABASE_AWAY, retry_backoff=2, retry_backoff_max=30, max_retries=5)
def load_file(file_id: int) -> None:
    """Load one file from where it stopped."""
    _guarded(lambda: loader.load(file_id))


@shared_task
def poll_sources() -> None:
    """Look into the folders of directory sources."""
    polling.poll()


@shared_task
def resume_runs() -> None:
    """Wake workers for whatever should be under way and is not: messages get lost, workers die."""
    for run_id in queries.runs_to_wake(AT_ONCE):
        wake.take_in(run_id)
    for file_id in queries.files_to_wake(AT_ONCE):
        wake.load_file(file_id)
    loader.go_on(queries.runs_to_populate(AT_ONCE), queries.runs_to_settle(AT_ONCE))


def _guarded(work: Callable[[], object]) -> None:
    """Run the work; a connection that broke under it is closed, so that the retry gets a new one."""
    try:
        work()
    except _DATABASE_AWAY:
        close_old_connections()
        raise
