from __future__ import annotations

from console.capabilities.config import CapabilityConfig, Every


class IntakeConfig(CapabilityConfig):
    name = "triage.intake"
    label = "intake"
    schedules = (Every("poll_sources", seconds=5), Every("resume_runs", seconds=15))
