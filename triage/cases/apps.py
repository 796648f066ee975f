from __future__ import annotations

from console.capabilities.config import CapabilityConfig, Every


class CasesConfig(CapabilityConfig):
    name = "triage.cases"
    label = "cases"
    schedules = (
        Every("release_decisions", seconds=1, expires=5),
        Every("sweep_queues", seconds=5, expires=10),
    )
