from __future__ import annotations

from console.capabilities.config import CapabilityConfig


class ToyCapabilityConfig(CapabilityConfig):
    name = "tests.architecture.toy_capability"
    label = "toy_capability"
