"""What a line says of a source record that tells it from others: for lists that people read, under a mask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NamedRecord:
    """A source record as a line has it: patient data. ``fields`` have the columns of its source."""

    key: int
    system: str
    id: str
    facility: str
    fields: Mapping[str, str | None]
