from __future__ import annotations

from console.capabilities.config import CapabilityConfig


class SetupConfig(CapabilityConfig):
    name = "triage.setup"
    label = "setup"
