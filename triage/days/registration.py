"""What the own day and the workload declare: navigation and the parts of a reviewer's home page."""

from __future__ import annotations

from typing import Final

from console.capabilities.declaration import Capability
from console.capabilities.parts import HomePart, NavItem
from triage.days import returns
from triage.days.back import BACK, BackSource

SEE, WORK, MANAGE = "cases.see_queue", "cases.work_queue", "cases.manage_queue"
GROUP: Final = "Triage"
QUEUE: Final = "cases.Queue"

CAPABILITY: Final = Capability(
    urls="triage.days.urls",
    api_urls="triage.days.api_urls",
    navigation=(NavItem("Workload", "cases:workload", "chart-column-stacked", "g l", MANAGE, 125, GROUP, QUEUE),),
    home=(
        HomePart("days:resume", WORK, 5, place="first"),
        HomePart("cases:home", SEE, 10),
        HomePart("days:back", WORK, 12),
        HomePart("days:figures", WORK, 10, place="side"),
        HomePart("days:later", WORK, 20, place="side"),
        HomePart("days:held", WORK, 30, place="side"),
    ),
    parts=(
        BACK.part(BackSource("assigned", 10, returns.assigned)),
        BACK.part(BackSource("due", 20, returns.due_soon)),
        BACK.part(BackSource("came back", 30, returns.came_back)),
        BACK.part(BackSource("resumed", 50, returns.resumed)),
    ),
)
