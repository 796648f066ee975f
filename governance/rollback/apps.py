from __future__ import annotations

from console.capabilities.config import CapabilityConfig, Every


class RollbackConfig(CapabilityConfig):
    name = "governance.rollback"
    label = "rollback"
    schedules = (Every("sweep", seconds=15, expires=30),)
