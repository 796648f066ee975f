from __future__ import annotations

from console.capabilities.config import CapabilityConfig, Daily, Every


class MeasuresConfig(CapabilityConfig):
    name = "governance.measures"
    label = "measures"
    schedules = (Every("sample", seconds=60, expires=90), Daily("forget", hour=3, minute=17))
