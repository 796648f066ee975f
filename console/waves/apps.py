from __future__ import annotations

from console.capabilities.config import CapabilityConfig


class WavesConfig(CapabilityConfig):
    name = "console.waves"
    label = "waves"
