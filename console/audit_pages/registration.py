"""What the pages and the API of the audit log declare. The log itself is ``console.audit``, below people."""

from __future__ import annotations

from typing import Final

from console.audit_pages.queries import VIEW
from console.capabilities.declaration import Capability
from console.capabilities.parts import Command, NavItem, Permission

CAPABILITY: Final = Capability(
    urls="console.audit_pages.urls",
    api_urls="console.audit_pages.api_urls",
    navigation=(NavItem("Audit log", "audit:timeline", "book-open", "g b", VIEW, 700),),
    commands=(Command(label="Check a receipt", url_name="audit:find-receipt", icon="ticket-check"),),
    permissions=(Permission("audit.LogEntry", "view_book", "Read the audit log"),),
)
