from __future__ import annotations

from console.capabilities.config import CapabilityConfig


class ToyKindConfig(CapabilityConfig):
    name = "tests.architecture.toy_kind"
    label = "toy_kind"
