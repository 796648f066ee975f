"""What the own day and the workload declare: navigation and the parts of a reviewer's home page."""

from __future__ import annotations

from typing import Final

from console.capabilities.declaration import Capability
from console.capabilities.parts import NavItem

MANAGE: Final = "cases.manage_queue"
GROUP: Final = "Triage"
QUEUE: Final = "cases.Queue"

CAPABILITY: Final = Capability(
    navigation=(NavItem("Workload", "cases:workload", "chart-column-stacked", "g l", MANAGE, 125, GROUP, QUEUE),),
)
