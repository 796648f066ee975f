from __future__ import annotations

from console.capabilities.config import CapabilityConfig


class AuditConfig(CapabilityConfig):
    name = "console.audit"
    label = "audit"
    verbose_name = "Audit log"
