"""The Celery application. Tasks carry identifiers only, never patient data."""

from __future__ import annotations

import gc
import logging
import os
from functools import partial
from typing import Final

from celery import Celery
from celery.signals import setup_logging, worker_before_create_process
from kombu.exceptions import KombuError

from console import beat

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")

logger = logging.getLogger(__name__)
# A person may be waiting: with the broker away, give up at once instead of trying for seconds.
_SOON: Final = {"max_retries": 1, "interval_start": 0, "interval_step": 0.1, "interval_max": 0.1}

app = Celery("concord")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.add_defaults(lambda: {"beat_schedule": beat.schedule()})
app.autodiscover_tasks()


@setup_logging.connect
def _keep_our_logs(**_: object) -> None:
    """Celery leaves logging as Django has set it up: its own would print exceptions whole, and rows with them."""


@worker_before_create_process.connect
def _keep_memory_shared(**_: object) -> None:
    """Set what is loaded aside from garbage collection, which would make every worker process copy it (about 35 MB)."""
    gc.collect()
    gc.freeze()


def wake(task: str, key: int, *, queue: str = "celery") -> None:
    """Once this transaction has committed, have a worker do a task for the row of this number.

    Rows say what is to be done: a message that is lost costs seconds, never work, for a sweep finds the row.
    """
    from django.db import transaction  # noqa: PLC0415 - settings import this module

    transaction.on_commit(partial(_send, task, key, queue))


def _send(task: str, key: int, queue: str) -> None:
    try:
        with app.connection_for_write(transport_options=_SOON) as connection:
            app.send_task(task, [key], queue=queue, retry=False, connection=connection)
    except (KombuError, OSError):
        # The commit stands; the next sweep finds the row.
        logger.warning("The broker is away; %s will be woken by the next sweep.", task)
