"""How a line of a ``records`` file is taken in: strictly read, its identifiers seen, its dates in the calendar."""

from __future__ import annotations

from typing import Final

from console import calendar_range, identifiers
from triage import strict_lines
from triage.cases.kinds import LineRefused
from triage.intake.records import RecordExcerpt

_decode: Final = strict_lines.decoder(RecordExcerpt)


def decode(line: bytes) -> RecordExcerpt:
    """One line; keys that it leaves out are UNSET. Raises msgspec.DecodeError, msgspec.ValidationError, LineRefused."""
    found = _decode(line)
    for name, text in (("system", found.system), ("id", found.id)):
        if not identifiers.is_plain(text) and (fault := identifiers.fault(text)):
            raise LineRefused("identifier", f"$.{name} {fault}.")
    dates = [("$.last_seen", found.last_seen)]
    dates += [(f"$.entries[{number}].on", entry.on) for number, entry in enumerate(found.entries or ())]
    for where, day in dates:
        if day and not calendar_range.holds(day):
            raise LineRefused("time", f"{where} {calendar_range.fault(day)}. Leave out what is not known.")
    return found
