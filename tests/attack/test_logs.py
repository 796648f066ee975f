"""Nothing that a database says about a row reaches a log, whichever process writes the line."""

from __future__ import annotations

import json
import logging
import sys

from celery.signals import setup_logging
from celery.utils.saferepr import saferepr

from console import celery
from console.logs import JsonFormatter


def test_a_failed_task_is_logged_without_the_words_of_its_exception() -> None:
    try:
        raise ValueError("Key (family)=(Okello) already exists.")
    except ValueError as error:
        context = {
            "name": "triage.x",
            "id": "1",
            "exc": saferepr(error),
            "traceback": "… Okello …",
            "description": "failed",
        }
        record = logging.LogRecord(
            "celery.app.trace", logging.ERROR, "", 1, "Task %(name)s[%(id)s] %(description)s: %(exc)s",
            (context,), sys.exc_info(),
        )  # fmt: skip
    line = JsonFormatter().format(record)
    assert "Okello" not in line
    assert json.loads(line)["message"] == "Task triage.x[1] failed: ValueError"


def test_celery_leaves_our_logging_alone() -> None:
    assert celery.app
    assert logging.getLogger("celery.app.trace").getEffectiveLevel() == logging.WARNING, (
        "A task a second would fill disks."
    )
    assert setup_logging.receivers, "Without a receiver Celery replaces the handlers, and prints exceptions whole."
