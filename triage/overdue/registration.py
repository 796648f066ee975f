"""What the ladder of overdue critical cases declares: its verb."""

from __future__ import annotations

from typing import Final

from console.capabilities.declaration import Capability

CAPABILITY: Final = Capability(
    verbs=(("case.ladder_tended", "notified {told} people of overdue critical cases: {escalated}", "alarm-clock"),),
)
