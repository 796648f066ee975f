from __future__ import annotations

from console.capabilities.config import CapabilityConfig, Every


class GatesConfig(CapabilityConfig):
    name = "governance.gates"
    label = "gates"
    schedules = (Every("sweep_gates", seconds=30, expires=60),)
