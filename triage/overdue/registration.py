"""What the escalation of overdue critical cases declares: its verb."""

from __future__ import annotations

from typing import Final

from console.capabilities.declaration import Capability

CAPABILITY: Final = Capability(
    verbs=(
        ("case.escalations_tended", "notified {told} people of overdue critical cases: {escalated}", "alarm-clock"),
    ),
)
