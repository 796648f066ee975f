from __future__ import annotations

from console.capabilities.config import CapabilityConfig


class MergesConfig(CapabilityConfig):
    name = "triage.merges"
    label = "merges"
