"""Words that the lines of every kind of exception share: bounded keys, texts and severities."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

Word = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[a-z0-9][a-z0-9_.-]*$")]
Key = Annotated[str, Meta(min_length=1, max_length=200)]
Text = Annotated[str, Meta(max_length=500)]
Severity = Literal["critical", "high", "medium", "low"]
