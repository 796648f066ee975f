from __future__ import annotations

from console.capabilities.config import CapabilityConfig


class SigningConfig(CapabilityConfig):
    name = "governance.signing"
    label = "signing"
