"""The type of a line of a ``population`` file."""

from __future__ import annotations

import msgspec

from triage.cases.lines import Key


class ReplacedRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """The number that a record had before this run."""

    system: Key
    id: Key


class PopulationLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """One record that the run examined. Cases about the record that it ``replaces`` follow it, with their decisions."""

    system: Key
    id: Key
    replaces: ReplacedRecord | None = None
