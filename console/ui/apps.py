from __future__ import annotations

from console.capabilities.config import CapabilityConfig


class UiConfig(CapabilityConfig):
    name = "console.ui"
    label = "ui"
    verbose_name = "User interface"
