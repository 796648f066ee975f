from __future__ import annotations

from console.capabilities.config import CapabilityConfig, Every


class RisksConfig(CapabilityConfig):
    name = "governance.risks"
    label = "risks"
    schedules = (Every("sweep_risks", seconds=60, expires=90),)
