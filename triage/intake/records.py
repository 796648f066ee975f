"""The lines of a run package's ``records`` files: excerpts of charts that cases refer to by system and id."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from triage.cases.lines import Key, Text, Word


class ChartEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One entry of a chart, short enough to read at a glance."""

    domain: Word
    text: Text
    on: dt.date | None = None


class RecordExcerpt(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What hangs on a source record: what a wrong link would move to another patient's chart.

    What is left out or null is not reported; pages say so, and do not count it as none.
    """

    system: Key
    id: Key
    side: Literal["legacy", "migrated"] = "legacy"
    encounters: Annotated[int, Meta(ge=0)] | None = None
    last_seen: dt.date | None = None
    active_orders: Annotated[int, Meta(ge=0)] | None = None
    allergies: Annotated[list[Text], Meta(max_length=50)] | None = None
    blood_type: Annotated[str, Meta(max_length=40)] | None = None
    consents: Annotated[int, Meta(ge=0)] | None = None
    portal_account: bool | None = None
    entries: Annotated[list[ChartEntry], Meta(max_length=50)] | None = None
