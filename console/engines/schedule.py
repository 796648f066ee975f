"""The Celery application that beat runs: the schedule and the broker from settings, and nothing else.

Beat sends tasks by name, so it needs neither Django's apps nor the tasks. Left out, they save some sixty megabytes.
"""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")

app = Celery("concord", fixups=[])
app.config_from_object("django.conf:settings", namespace="CELERY")
