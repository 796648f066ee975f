"""Read gates. ``pages`` for people, ``status`` for code that needs a gate's state."""

from __future__ import annotations

from governance.gates.queries.headline import what_blocks, who_must_act
from governance.gates.queries.pages import GatePage, Lane, Row, SubjectLanes, Turn, gate_page, lanes
from governance.gates.queries.polls import PollView, SeatView
from governance.gates.queries.status import GateStatus
from governance.gates.queries.status import of as gate_state

__all__ = [
    "GatePage",
    "GateStatus",
    "Lane",
    "PollView",
    "Row",
    "SeatView",
    "SubjectLanes",
    "Turn",
    "gate_page",
    "gate_state",
    "lanes",
    "what_blocks",
    "who_must_act",
]
