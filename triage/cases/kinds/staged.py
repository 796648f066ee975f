"""What intake keeps of a line, and how a kind, or the reading of its JSON, refuses one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias
from uuid import UUID

import msgspec

from console import strict_json

#: What names a problem, its evidence or a report: a UUID, or its 32 hexadecimal digits, which cost less to make.
Name: TypeAlias = UUID | str


class StagedLine(msgspec.Struct, frozen=True, gc=False):
    """What intake keeps of one line, free of patient data. A struct: runs make millions, dataclasses cost more.

    ``fingerprint`` names the problem, and so the case; ``evidence`` what is known of it. ``member`` is the evidence of
    one of many things that the case is about (``Kind.has_members``); such a line never changes or reopens its case.

    ``report`` names all else that a later report may move: severity, reasons, how sure the pipeline was and why. None:
    the exact bytes of the line. It never reopens a case. ``facilities``: where its records were kept, in the spelling
    of ``triage.runs.facilities``; empty when that was not reported. ``systems``: those that its records come from.
    """

    fingerprint: Name
    evidence: Name
    severity: int
    domain: str
    reasons: list[str]
    score: float | None
    size: int
    record_keys: list[int]
    member: Name | None = None
    report: Name | None = None
    facilities: Sequence[str] = ()
    systems: tuple[str, ...] = ()


class LineRefused(Exception):
    """A line that parses but makes no sense. ``reason`` is a code, ``detail`` a sentence without patient data."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


def refuse_ambiguous(line: bytes) -> None:
    """Refuse a line that readers of JSON would take differently. Raises LineRefused."""
    try:
        strict_json.check(line)
    except strict_json.HoldsNul:
        raise LineRefused("nul", "The line holds a NUL character (\\u0000).") from None
    except strict_json.NotStrict as error:
        raise LineRefused("json", f"The line is ambiguous or not JSON. {error.sentence}") from None


def refuse_nul(line: bytes) -> None:
    """Refuse a line with an escaped NUL in a text. Raises LineRefused."""
    if strict_json.has_nul(line):
        raise LineRefused("nul", "The line holds a NUL character (\\u0000).")
