"""What beat wakes, and how often: the schedules of all capabilities.

Celery only wakes; rows in PostgreSQL are the truth, so a missed beat costs time and never work. Read without loading
models: beat sends tasks by name, and the models would cost it some eighty megabytes.
"""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.conf import settings

from console.capabilities.config import CapabilityConfig, Timed


def schedule() -> dict[str, dict[str, Any]]:
    """Celery's ``beat_schedule``: each schedule of each capability of this deployment, as ``gates.sweep_gates``."""
    configs = (AppConfig.create(name) for name in settings.CAPABILITIES)
    return {
        f"{config.label}.{timed.task}": _entry(config, timed)
        for config in configs
        if isinstance(config, CapabilityConfig)
        for timed in config.schedules
    }


def _entry(config: CapabilityConfig, timed: Timed) -> dict[str, Any]:
    options = {"options": {"expires": timed.expires}} if timed.expires else {}
    return {"task": f"{config.name}.tasks.{timed.task}", "schedule": timed.timing, **options}
