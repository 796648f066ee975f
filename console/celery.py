"""The Celery application. Tasks carry identifiers only, never patient data."""

from __future__ import annotations

import gc
import os

from celery import Celery
from celery.signals import setup_logging, worker_before_create_process

from console import beat

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")

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
