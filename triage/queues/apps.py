from __future__ import annotations

from console.capabilities.config import CapabilityConfig


class QueuesConfig(CapabilityConfig):
    name = "triage.queues"
    label = "queues"
