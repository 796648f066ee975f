"""The lines of a run package's ``reconciliation`` files: what a run compared after it had moved the records.

Each line is one check: of ``expected`` units (rows, values, records, tasks), ``matched`` were found as they should be.
Concord adds units up and never averages shares, so a check over ten rows weighs ten rows.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

from triage.cases.kinds import LineRefused
from triage.cases.lines import WORD_PATTERN, Text, Word

Units = Annotated[int, Meta(ge=0, le=10**12)]


#: Words for what ``decode`` and ``keep_lines`` refuse.
REFUSALS: Final = {
    "matched": "Matched count exceeds expected count",
    "twice": "Duplicate check in this run",
}


class ReconciliationLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One check of one layer and domain. ``expected`` is the denominator; ``matched`` is at most that.

    Layers: ``storage`` (rows and bytes), ``schema`` (values fit their types), ``record`` (content is equal) and
    ``workflow`` (people can do with it what they did before). ``note`` says in plain words what is missing, never
    about whom.
    """

    layer: Literal["storage", "schema", "record", "workflow"]
    domain: Word
    check: Annotated[str, Meta(min_length=1, max_length=120, pattern=WORD_PATTERN)]
    expected: Units
    matched: Units
    note: Text = ""


_decode: Final = msgspec.json.Decoder(ReconciliationLine).decode


def decode(line: bytes) -> ReconciliationLine:
    """One line. Raises msgspec.DecodeError, msgspec.ValidationError, or LineRefused for more found than expected."""
    found = _decode(line)
    if found.matched > found.expected:
        raise LineRefused("matched", "$.matched is more than $.expected: more was found than there should be.")
    if "\x00" in found.note:
        raise LineRefused("nul", "The line holds a NUL character (\\u0000).")
    return found


def schema() -> dict[str, Any]:
    """The JSON Schema of one line."""
    return msgspec.json.schema(ReconciliationLine)
