from __future__ import annotations

from console.capabilities.config import CapabilityConfig, Every


class BulkConfig(CapabilityConfig):
    name = "triage.bulk"
    label = "bulk"
    schedules = (Every("resume_changes", seconds=10, expires=10),)
