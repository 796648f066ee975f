from __future__ import annotations

from console.capabilities.config import CapabilityConfig


class RunsConfig(CapabilityConfig):
    name = "triage.runs"
    label = "runs"
