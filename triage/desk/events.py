"""One entry of a case's timeline, in the shape that the timeline component draws."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of the timeline, in the shape that the timeline component draws."""

    at: dt.datetime
    who: str
    sentence: str
    icon: str
    tone: str = ""
    note: str = ""
    receipt: str = ""
