"""Words that the lines of every kind of exception share: bounded keys, texts and severities."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from msgspec import Meta

from console import calendar_range, identifiers

#: A pattern's ``$`` would allow a line break at the end, so nothing may follow it.
WORD_PATTERN = r"^[a-z0-9][a-z0-9_.-]*$(?!\n)"
Word = Annotated[str, Meta(min_length=1, max_length=64, pattern=WORD_PATTERN)]
#: An identifier. The pattern is published; intake asks it of new lines, and no stored line is refused for it.
Key = Annotated[str, Meta(min_length=1, max_length=200, extra_json_schema={"pattern": identifiers.PATTERN})]
#: A date or a time of a record, within the calendar that intake takes in.
Day = Annotated[dt.date, Meta(extra_json_schema={"pattern": calendar_range.DAY_PATTERN})]
Time = Annotated[dt.datetime, Meta(extra_json_schema={"pattern": calendar_range.TIME_PATTERN})]
Text = Annotated[str, Meta(max_length=500)]
Severity = Literal["critical", "high", "medium", "low"]
