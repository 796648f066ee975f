from __future__ import annotations

from console.capabilities.config import CapabilityConfig, Every


class DaysConfig(CapabilityConfig):
    name = "triage.days"
    label = "days"
    schedules = (Every("fold_flow", seconds=30, expires=60),)
