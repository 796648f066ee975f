"""What procedures declare: navigation, permissions, and what the audit log says of them."""

from __future__ import annotations

from typing import Final

from console.capabilities.declaration import Capability
from console.capabilities.parts import NavItem, Permission
from tests.architecture.toy_capability import queries

WAVE: Final = "waves.Wave"

CAPABILITY: Final = Capability(
    urls="tests.architecture.toy_capability.urls",
    api_urls="tests.architecture.toy_capability.api_urls",
    navigation=(
        NavItem("Procedures", "toy_capability:procedures", "clipboard", "", queries.SEE, 590, "Governance", WAVE),
    ),
    verbs=(
        ("procedure.written", "wrote version {version} of {subject}", "pencil"),
        ("procedure.exemption_requested", "requested an exemption of {ward} from {subject}", "hand"),
        ("procedure.exemption_decided", "decided the exemption of {ward} from {subject}: {outcome}", "gavel"),
        ("procedure.exemption_revoked", "revoked the exemption of {ward} from {subject}", "ban"),
    ),
    families={"procedure": "Downtime procedures"},
    permissions=(
        Permission(WAVE, "write_procedures", "Write downtime procedures"),
        Permission(WAVE, "sign_procedures", "Sign downtime procedures and decide exemptions"),
    ),
)
