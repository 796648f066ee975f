"""What intake keeps of a line, and how a kind refuses one."""

from __future__ import annotations

from uuid import UUID

import msgspec


class StagedLine(msgspec.Struct, frozen=True, gc=False):
    """What intake keeps of one line, free of patient data. A struct: runs make millions, dataclasses cost more.

    ``fingerprint`` names the problem, and so the case; ``evidence`` what is known of it. ``member`` is the evidence of
    one of many things that the case is about (``Kind.has_members``); such a line never changes or reopens its case.

    ``report`` names all else that a later report may move: severity, reasons, how sure the pipeline was and why. None:
    the exact bytes of the line. It never reopens a case.
    """

    fingerprint: UUID
    evidence: UUID
    severity: int
    domain: str
    reasons: list[str]
    score: float | None
    size: int
    record_keys: list[int]
    member: UUID | None = None
    report: UUID | None = None


class LineRefused(Exception):
    """A line that parses but makes no sense. ``reason`` is a code, ``detail`` a sentence without patient data."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail
