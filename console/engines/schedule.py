"""The schedule: ``python -m console.engines.schedule FILE`` runs Celery beat with its memory in FILE.

Beat sends tasks by name, so it needs neither Django's apps nor the tasks, nor Celery's command line. Left out, they
save some eighty megabytes.
"""

from __future__ import annotations

import os
import sys

from celery import Celery

from console import beat

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")

app = Celery("concord", fixups=[])
app.config_from_object("django.conf:settings", namespace="CELERY")
app.add_defaults(lambda: {"beat_schedule": beat.schedule()})


if __name__ == "__main__":
    app.Beat(schedule=sys.argv[1], loglevel="WARNING").run()
