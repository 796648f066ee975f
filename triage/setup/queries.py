"""What is set up, in the words of a set-up file."""

from __future__ import annotations

import datetime as dt
from typing import Any

from console.ui import formatting, lengths
from triage.setup.files import FORMAT
from triage.setup.section import Values
from triage.setup.sections import QUEUE_TIMES, SECTIONS


def export() -> dict[str, Any]:
    """Everything that a set-up file may say, as it is now. Applied again it changes nothing."""
    found: dict[str, Any] = {"format": FORMAT}
    for section, _ in SECTIONS:
        entries = found.setdefault(section.name, {})
        for key, values in section.stored().items():
            named = {name: part for name, part in zip(section.identity, key, strict=True) if part}
            entries[key] = entries.get(key, named) | _spoken(values)
    return {name: list(value.values()) if isinstance(value, dict) else value for name, value in found.items()}


def _spoken(values: Values) -> Values:
    """Values as a file says them: lengths of time in words, dates as text."""
    said = dict(values)
    for name in QUEUE_TIMES:
        if name in said:
            said[name] = formatting.duration(said[name])
    if "due_after" in said:
        said["due_after"] = lengths.hours(said["due_after"])
    if isinstance(said.get("planned_for"), dt.date):
        said["planned_for"] = said["planned_for"].isoformat()
    return said
