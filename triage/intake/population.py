"""The lines of a run package's ``population`` files: the source records that the run examined, one a line.

A line may say which record of an earlier run it ``replaces``: the person's record has that number now. All lines of a
run speak of the same moment, so ``replaces`` always names a number as it was before the run.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from console import identifiers
from triage.cases.kinds import LineRefused
from triage.intake.population_lines import PopulationLine, ReplacedRecord

#: Words for what ``decode`` and ``keep_lines`` refuse.
REFUSALS: Final = {
    "system": "Record of a system that the manifest does not list as examined",
    "replaces_itself": "Record said to replace itself",
}


_decode: Final = msgspec.json.Decoder(PopulationLine).decode


def decode(line: bytes) -> PopulationLine:
    """One line. Raises msgspec.DecodeError, msgspec.ValidationError, or LineRefused for what makes no sense."""
    found = _decode(line)
    old = found.replaces
    _seen("$", found)
    if old is not None:
        _seen("$.replaces", old)
    if old is not None and old.id == found.id and old.system == found.system:
        raise LineRefused("replaces_itself", "$.replaces names the record itself.")
    return found


def _seen(where: str, record: PopulationLine | ReplacedRecord) -> None:
    for name, text in (("system", record.system), ("id", record.id)):
        if not identifiers.is_plain(text) and (fault := identifiers.fault(text)):
            raise LineRefused("identifier", f"{where}.{name} {fault}.")


def schema() -> dict[str, Any]:
    """The JSON Schema of one line."""
    return msgspec.json.schema(PopulationLine)
