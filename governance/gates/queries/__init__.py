"""What is read of gates. ``pages`` for people, ``standing`` for whoever must know how a gate stands."""

from __future__ import annotations

from governance.gates.queries.pages import GatePage, Lane, Row, Turn, WaveLanes, gate_page, lanes
from governance.gates.queries.polls import PollView, SeatView
from governance.gates.queries.standing import Standing
from governance.gates.queries.standing import of as standing_of
from governance.gates.queries.words import what_blocks, who_must_act

__all__ = [
    "GatePage",
    "Lane",
    "PollView",
    "Row",
    "SeatView",
    "Standing",
    "Turn",
    "WaveLanes",
    "gate_page",
    "lanes",
    "standing_of",
    "what_blocks",
    "who_must_act",
]
