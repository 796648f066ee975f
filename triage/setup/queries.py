"""What is set up, in the words of a set-up file."""

from __future__ import annotations

from typing import Any

from triage.setup.files import FORMAT
from triage.setup.sections import SECTIONS, spoken


def export() -> dict[str, Any]:
    """Everything that a set-up file may say, as it is now. Applied again it changes nothing."""
    found: dict[str, Any] = {"format": FORMAT}
    for section, _ in SECTIONS:
        entries = found.setdefault(section.name, {})
        for key, values in section.stored().items():
            named = {name: part for name, part in zip(section.identity, key, strict=True) if part}
            entries[key] = entries.get(key, named) | spoken(values)
    return {name: list(value.values()) if isinstance(value, dict) else value for name, value in found.items()}
