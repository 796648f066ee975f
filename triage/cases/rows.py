"""The rows of lists of cases, and the columns that they are read from."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields
from typing import Final


@dataclass(frozen=True, slots=True)
class Row:
    """One case of a list; free of patient data."""

    id: int
    kind: str
    state: str
    queue_id: int
    wave_id: int
    further_waves: list[int] | None
    severity: int
    domain: str
    reasons: list[str]
    facilities: list[str] | None
    size: int
    score: float | None
    priority: int
    opened_at: dt.datetime
    due_at: dt.datetime
    reopened: int
    revision: int
    assignee_id: int | None
    past_cutover: bool

    @property
    def ref(self) -> str:
        """The case's stable name."""
        return f"EX-{self.id}"


COLUMNS: Final = tuple(field.name for field in fields(Row))
