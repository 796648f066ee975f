from __future__ import annotations

from console.capabilities.config import CapabilityConfig


class DeskConfig(CapabilityConfig):
    name = "triage.desk"
    label = "desk"
