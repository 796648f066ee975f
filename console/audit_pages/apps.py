from __future__ import annotations

from console.capabilities.config import CapabilityConfig


class AuditPagesConfig(CapabilityConfig):
    name = "console.audit_pages"
    label = "audit_pages"
