"""The lines of a run package's ``records`` files: excerpts of charts that cases refer to by system and id."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from triage.cases.lines import Day, Key, Text, Word

Number = Annotated[int, Meta(ge=0, le=2**53)]


class ChartEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One entry of a chart, short enough to read at a glance."""

    domain: Word
    text: Text
    on: Day | None = None


class RecordExcerpt(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What hangs on a source record: what a wrong link would move to another patient's chart.

    What is left out or null is not reported; pages say so, and do not count it as none.
    """

    system: Key
    id: Key
    side: Literal["legacy", "migrated"] = "legacy"
    encounters: Number | None = None
    last_seen: Day | None = None
    active_orders: Number | None = None
    allergies: Annotated[list[Text], Meta(max_length=50)] | None = None
    blood_type: Annotated[str, Meta(max_length=40)] | None = None
    consents: Number | None = None
    portal_account: bool | None = None
    entries: Annotated[list[ChartEntry], Meta(max_length=50)] | None = None
