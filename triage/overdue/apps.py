from __future__ import annotations

from console.capabilities.config import CapabilityConfig, Every


class OverdueConfig(CapabilityConfig):
    name = "triage.overdue"
    label = "overdue"
    schedules = (Every("sweep_overdue", seconds=30, expires=60),)
