"""Lengths of time as people write them: ``15 minutes``, ``4 h 30 min``. ``formatting.duration`` writes them.

Pure: no database, no clock, no request.
"""

from __future__ import annotations

import re
from typing import Final

_UNITS: Final = {
    **dict.fromkeys(("s", "sec", "second", "seconds"), 1),
    **dict.fromkeys(("m", "min", "minute", "minutes"), 60),
    **dict.fromkeys(("h", "hour", "hours"), 3600),
    **dict.fromkeys(("d", "day", "days"), 86_400),
}
_PART: Final = re.compile(r"([0-9]{1,7})\s*([a-z]+)\s*,?\s*", re.ASCII)


def seconds(text: str, *, days: bool = True) -> int:
    """The seconds that a text says. ``days``: whether it may speak of days, which have 24 hours.

    Raises ValueError, with a sentence, for a text that says no length of time, or names a unit twice.
    """
    said, place, found, used = text.strip().lower(), 0, 0, set()
    while place < len(said):
        part = _PART.match(said, place)
        size = _UNITS.get(part[2]) if part else None
        if part is None or size is None or size in used:
            raise ValueError(_REFUSAL if days else _REFUSAL_HOURS)
        if size == _UNITS["d"] and not days:
            raise ValueError(_REFUSAL_HOURS)
        found, place = found + int(part[1]) * size, part.end()
        used.add(size)
    if not used:
        raise ValueError(_REFUSAL if days else _REFUSAL_HOURS)
    return found


def hours(length: int) -> str:
    """A length in hours and whole minutes: ``30 hours``, ``1 hour 15 minutes``. For working time, which has no days."""
    whole, minutes = divmod(length // 60, 60)
    parts = [
        f"{number:,} {unit}{'' if number == 1 else 's'}"
        for number, unit in ((whole, "hour"), (minutes, "minute"))
        if number
    ]
    return " ".join(parts) or "0 minutes"


_REFUSAL: Final = "Write a length of time with its units, for example 15 minutes, or 1 hour 30 minutes."
_REFUSAL_HOURS: Final = "Write hours and minutes, for example 4 hours, or 1 hour 30 minutes."
