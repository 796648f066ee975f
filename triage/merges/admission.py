"""What a merge line must be, beyond its types, to be taken in.

Stored lines are not asked again: each was taken in by the rules of its time. This runs once a line at the speed of
intake; one walk over the records counts what strict JSON needs and looks at every name and time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, Final

import msgspec

from console import calendar_range, identifiers
from triage.cases.kinds import LineRefused
from triage.cases.kinds.staged import refuse_ambiguous, refuse_nul
from triage.merges import evidence
from triage.merges.lines import FieldHistory, MergeLine, SourceRecord
from triage.strict_lines import with_presence

_decode: Final = msgspec.json.Decoder(with_presence(MergeLine)).decode
_UNSET: Final[Any] = msgspec.UNSET
_EARLIEST, _LATEST = calendar_range.EARLIEST, calendar_range.LATEST
# Keys and strings that every line has, record by record and pair by pair. Each stands between two quotation marks.
_OF_LINE = 14  # id, records, match, its seven keys, and the strings of id, model, version and grade
_OF_RECORD = 5  # system, id, fields, and two strings
_OF_HISTORY = 4  # field, value, and two strings
_OF_PAIR = 4
_OF_COMPARISON = 5  # field, level, weight, and two strings


def admit(line: bytes) -> MergeLine:
    """Parse and validate one line as intake does; keys that it leaves out are UNSET, which is false.

    Raises msgspec.DecodeError, msgspec.ValidationError, or LineRefused for what readers of JSON take differently, for
    a NUL, for names that are none, for identifiers that cannot be seen and for times that no calendar holds.
    """
    if b"\\" in line:
        refuse_nul(line)
    try:
        found = _decode(line)
    except UnicodeDecodeError as error:
        raise LineRefused("utf8", f"The line is not UTF-8: byte {error.start} of a text.") from None
    evidence.learn_names(found)
    match = found.match
    names = found.id + match.model + match.version
    count = _OF_LINE + _optional(found)
    for number, record in enumerate(found.records):
        names += record.system + record.id
        values = list(record.fields.values())
        count += _OF_RECORD + 2 * len(values) - values.count(None)
        given = record.extracted_at is not _UNSET or record.facility is not _UNSET
        if given or record.history is not _UNSET or record.verified_at is not _UNSET:
            count += _dates(record, number)
    for pair in match.pairs:
        count += _OF_PAIR + _OF_COMPARISON * len(pair.comparisons)
    if line.count(b'"') != 2 * count:
        refuse_ambiguous(line)
    if found.cluster or not identifiers.is_plain(names):
        _refuse_unseen(found)
    return found


def _optional(line: MergeLine) -> int:
    """How many keys and strings the line's own optional keys are."""
    count = 0
    if line.severity is not _UNSET:
        count = 2
    if line.domain is not _UNSET:
        count += 2
    if line.reasons is not _UNSET:
        count += 1 + len(line.reasons)
    if line.cluster is not _UNSET:
        count += 1 if line.cluster is None else 2
    return count


def _dates(record: SourceRecord, number: int) -> int:
    """Check a record's times, and count the keys and strings that these and its facility are."""
    at, day, history = record.extracted_at, record.verified_at, record.history
    count = 0 if record.facility is _UNSET else 2
    if at is not _UNSET:
        count += 1
        if at is not None:
            count += 1
            if at.tzinfo is None or not _EARLIEST <= at.year <= _LATEST:
                _refuse_time(at, f"$.records[{number}].extracted_at")
    if day is not _UNSET:
        count += 1
        if day is not None:
            count += 1
            if not _EARLIEST <= day.year <= _LATEST:
                _refuse_time(day, f"$.records[{number}].verified_at")
    if history is not _UNSET:
        count += 1 + _former(history, number)
    return count


def _former(history: Iterable[FieldHistory], number: int) -> int:
    count = 0
    for place, former in enumerate(history):
        count += _OF_HISTORY
        for name in ("valid_from", "valid_to"):
            day = getattr(former, name)
            if day is not _UNSET:
                count += 1 if day is None else 2
                if day is not None and not _EARLIEST <= day.year <= _LATEST:
                    _refuse_time(day, f"$.records[{number}].history[{place}].{name}")
    return count


def _refuse_time(value: dt.date, where: str) -> None:
    raise LineRefused("time", f"{where} {calendar_range.fault(value)}. Leave out what is not known.")


def _refuse_unseen(line: MergeLine) -> None:
    match = line.match
    named = {"$.id": line.id, "$.match.model": match.model, "$.match.version": match.version}
    for number, record in enumerate(line.records):
        named |= {f"$.records[{number}].system": record.system, f"$.records[{number}].id": record.id}
    if line.cluster:
        named["$.cluster"] = line.cluster
    for where, name in named.items():
        if fault := identifiers.fault(name):
            raise LineRefused("identifier", f"{where} {fault}.")
