"""Set-up files: waves, sources, calendars, queues, due times, routing and mailboxes, in JSON or TOML.

What an entry leaves out stays as it is, or takes its default where the thing is new. Things that a file does not name
stay. Unknown fields and repeated keys are refused: a misspelt setting would otherwise be passed over.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from console import schemas
from console.errors import Invalid
from triage.desk.field_rules import FieldRules

FORMAT: Final = "concord-setup/1"
MOST_BYTES: Final = 2_000_000

Slug = Annotated[str, Meta(min_length=1, max_length=100, pattern=r"^[-a-zA-Z0-9_]+\Z")]
Username = Annotated[str, Meta(min_length=1, max_length=150)]
Name = Annotated[str, Meta(min_length=1, max_length=100)]
Title = Annotated[str, Meta(min_length=1, max_length=200)]
Text = Annotated[str, Meta(max_length=4000)]
Small = Annotated[int, Meta(ge=0, le=32_767)]
Length = Annotated[str, Meta(max_length=60, description="A length of time: 15 minutes, 4 hours 30 minutes.")]
Shift = tuple[Annotated[str, Meta(max_length=5)], Annotated[str, Meta(max_length=5)]]
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
SeverityWord = Literal["critical", "high", "medium", "low"]


class WaveEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A wave, by its slug. ``name`` is needed for a new one."""

    slug: Slug
    name: Title | UnsetType = UNSET
    description: Text | UnsetType = UNSET
    planned_for: dt.date | UnsetType | None = UNSET


class SourceEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A source, by its name. ``title`` is needed for a new one."""

    name: Slug
    title: Title | UnsetType = UNSET
    kind: Literal["push", "directory"] | UnsetType = UNSET
    path: Annotated[str, Meta(max_length=500)] | UnsetType = UNSET
    public_key: Annotated[str, Meta(max_length=64)] | UnsetType = UNSET
    active: bool | UnsetType = UNSET
    field_rules: FieldRules | UnsetType = UNSET


class CalendarEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A business calendar, by its name. ``weekly`` is needed for a new one.

    ``country`` (ISO 3166-1) and ``subdivision``: whose public holidays are days off besides ``holidays``.
    """

    name: Name
    time_zone: Annotated[str, Meta(max_length=64)] | UnsetType = UNSET
    weekly: dict[Day, Annotated[list[Shift], Meta(max_length=12)]] | UnsetType = UNSET
    holidays: Annotated[list[dt.date], Meta(max_length=1000)] | UnsetType = UNSET
    country: Annotated[str, Meta(max_length=2)] | UnsetType = UNSET
    subdivision: Annotated[str, Meta(max_length=10)] | UnsetType = UNSET


class QueueEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A queue, by its slug. ``name`` and ``kind`` are needed for a new one.

    ``responsible`` and ``deputy``: usernames; null for none. ``deputy_after`` and ``leads_after``: how long after its
    due time a critical case that is still open goes to them. ``targets``: by the name of the target, the slug of the
    queue that cases are sent on to; null for none.
    """

    slug: Annotated[str, Meta(min_length=1, max_length=60, pattern=r"^[-a-zA-Z0-9_]+\Z")]
    name: Name | UnsetType = UNSET
    purpose: Annotated[str, Meta(max_length=300)] | UnsetType = UNSET
    kind: Annotated[str, Meta(max_length=12)] | UnsetType = UNSET
    order: Small | UnsetType = UNSET
    active: bool | UnsetType = UNSET
    claim_lasts: Length | UnsetType = UNSET
    undo_for: Length | UnsetType = UNSET
    hold_limit: Small | UnsetType = UNSET
    responsible: Username | UnsetType | None = UNSET
    deputy: Username | UnsetType | None = UNSET
    deputy_after: Length | UnsetType = UNSET
    leads_after: Length | UnsetType = UNSET
    targets: dict[Annotated[str, Meta(max_length=24)], Slug | None] | UnsetType = UNSET


class DueEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How soon cases are due, by queue and severity; without one of them, for every one.

    ``calendar``: whose working time it is; null for elapsed time.
    """

    queue: Slug | None = None
    severity: SeverityWord | None = None
    due_after: Length | UnsetType = UNSET
    calendar: Name | UnsetType | None = UNSET


class RuleEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A routing rule, by kind and name, asked in the order of the file. ``queue`` is needed for a new one."""

    kind: Annotated[str, Meta(max_length=12)]
    name: Annotated[str, Meta(min_length=1, max_length=120)]
    queue: Slug | UnsetType = UNSET
    priority: Annotated[int, Meta(ge=0, le=49)] | UnsetType = UNSET
    active: bool | UnsetType = UNSET
    conditions: dict[str, Any] | UnsetType = UNSET


class MailboxEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A mailbox that reviewers may ask, by its slug. ``name`` and ``members`` (usernames) are needed for a new one."""

    slug: Annotated[str, Meta(min_length=1, max_length=60, pattern=r"^[-a-zA-Z0-9_]+\Z")]
    name: Name | UnsetType = UNSET
    purpose: Annotated[str, Meta(max_length=300)] | UnsetType = UNSET
    email: Annotated[str, Meta(max_length=254)] | UnsetType = UNSET
    members: Annotated[list[Annotated[str, Meta(max_length=150)]], Meta(max_length=500)] | UnsetType = UNSET
    active: bool | UnsetType = UNSET


class Setup(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A set-up file."""

    format: Literal["concord-setup/1"]
    waves: Annotated[list[WaveEntry], Meta(max_length=1000)] = []
    sources: Annotated[list[SourceEntry], Meta(max_length=1000)] = []
    calendars: Annotated[list[CalendarEntry], Meta(max_length=200)] = []
    queues: Annotated[list[QueueEntry], Meta(max_length=500)] = []
    due: Annotated[list[DueEntry], Meta(max_length=2000)] = []
    routing: Annotated[list[RuleEntry], Meta(max_length=1000)] = []
    mailboxes: Annotated[list[MailboxEntry], Meta(max_length=1000)] = []


def read(path: Path) -> Setup:
    """A set-up file by its ending, ``.json`` or ``.toml``. Raises Invalid for what is none."""
    if path.suffix not in {".json", ".toml"}:
        raise Invalid("A set-up file ends in .json or .toml.")
    try:
        if path.stat().st_size > MOST_BYTES:
            raise Invalid(f"A set-up file has at most {MOST_BYTES:,} bytes.")
        text = path.read_text(encoding="utf-8")
        given = tomllib.loads(text) if path.suffix == ".toml" else json.loads(text, object_pairs_hook=_once)
    except (OSError, ValueError, RecursionError) as error:
        raise Invalid(f"The file cannot be read: {error}.") from None
    return parse(given)


def parse(given: object) -> Setup:
    """What a file or a request says. Raises Invalid, naming the place, for what no set-up says."""
    try:
        found = msgspec.convert(given, Setup)
    except msgspec.ValidationError as error:
        raise Invalid(f"The set-up is not right: {error}.") from None
    for value in _values(given):
        if isinstance(value, str) and "\0" in value:
            raise Invalid("The set-up holds a NUL character.")
        if isinstance(value, float) and not math.isfinite(value):
            raise Invalid("The set-up holds a number that is not finite.")
    return found


def schema() -> schemas.Schema:
    """The JSON Schema of a set-up file."""
    return msgspec.json.schema(Setup)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def _values(given: object) -> Iterator[object]:
    if isinstance(given, dict):
        for key, value in given.items():
            yield key
            yield from _values(value)
    elif isinstance(given, list):
        for value in given:
            yield from _values(value)
    else:
        yield given
