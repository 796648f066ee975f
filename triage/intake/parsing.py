"""One pass over a chunk's lines: parse, validate, and make ready for COPY. What cannot be taken in says why.

Runs a million times a run: the way of a sound line is short, all questions are asked of broken ones only.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import chain

import msgspec

from triage.cases import staging
from triage.cases.keys import record_key
from triage.cases.kinds import AnyKind, LineRefused
from triage.cases.kinds.staged import refuse_ambiguous, refuse_nul
from triage.intake import record_lines
from triage.intake.line_handlers import AnyHandler
from triage.intake.packages import scrubbed
from triage.intake.reader import Chunk, Overlong
from triage.line_handlers import LineHandler, Numbered

#: What intake itself may find wrong with a line; kinds add reasons of their own ("weights", …).
REASONS = {
    "empty": "The line is empty.",
    "bom": "The line begins with a byte order mark; files must be plain UTF-8.",
    "nul": "The line holds a NUL byte.",
    "utf8": "The line is not valid UTF-8",
    "json": "The line is not JSON",
    "schema": "The line does not fit its schema",
    "too_long": "The line is longer than 1 MiB",
    "identifier": "An identifier is blank, invisible or padded",
    "time": "A time has no zone, or a date lies outside the calendar",
}
EXCERPT = 120
#: Of so many rejected lines of one file is kept what is wrong with each; all are counted.
KEPT = 1_000
_BOM = b"\xef\xbb\xbf"
_REFUSALS = (msgspec.DecodeError, UnicodeDecodeError, LineRefused, RecursionError, TypeError)
_PLACE = re.compile(r"\(byte \d+\)")
_LETTERS = re.compile(r"[^\W\d_]")
_DIGITS = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Rejection:
    """A rejected line: its number, a reason code, a sentence and its blotted beginning."""

    line_no: int
    reason: str
    detail: str
    excerpt: str


@dataclass(slots=True)
class Parsed:
    """A chunk ready for the database: ``copy`` is COPY text of the sound lines, ``excerpts`` those of records files.

    ``decoded`` are the lines of a line handler, ``starts`` the beginnings of these, for excerpts of what it refuses.
    ``systems`` are those that source records of the sound lines come from.
    """

    first: int
    last: int
    sha256: str
    copy: bytes = b""
    staged: int = 0
    rejected: list[Rejection] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    excerpts: dict[int, tuple[str, str, str]] = field(default_factory=dict)
    decoded: list[Numbered] = field(default_factory=list)
    starts: dict[int, bytes] = field(default_factory=dict)
    systems: set[str] = field(default_factory=set)

    @property
    def rejections(self) -> int:
        """How many lines are rejected: ``rejected`` holds the first of them, ``counts`` all by their reason."""
        return self.counts.total()

    def reject(self, line: Rejection) -> None:
        """Count a rejected line, and keep it while there is room."""
        self.counts[line.reason] += 1
        if len(self.rejected) < KEPT:
            self.rejected.append(line)


def parse(chunk: Chunk, handler: AnyHandler) -> Parsed:
    """The chunk's lines, ready for their line handler."""
    if handler is None:
        return parse_records(chunk)
    return parse_decoded(chunk, handler) if isinstance(handler, LineHandler) else parse_cases(chunk, handler)


def parse_cases(chunk: Chunk, kind: AnyKind) -> Parsed:
    """The lines of a kind's file as rows of a staging place."""
    rows: list[bytes] = []
    staged, row = kind.staged, staging.member_row if kind.has_members else staging.row

    def take(number: int, line: bytes) -> None:
        if not line.isascii():
            line.decode()
        found = staged(line)
        rows.append(row(number, found, line))
        named.add(found.systems)

    named: set[tuple[str, ...]] = set()  # lines name few systems, in few combinations
    parsed = _each(chunk, take)
    parsed.copy, parsed.staged, parsed.systems = b"".join(rows), len(rows), {*chain(*named)}
    return parsed


def parse_records(chunk: Chunk) -> Parsed:
    """The lines of a records file as chart excerpts by record key; of several about one record the last counts."""
    excerpts: dict[int, tuple[str, str, str]] = {}

    def take(number: int, line: bytes) -> None:
        text = line.decode().strip()
        found = record_lines.decode(line)
        excerpts[record_key(found.system, found.id)] = (found.system, found.id, text)

    parsed = _each(chunk, take)
    parsed.excerpts = excerpts
    parsed.staged = len(chunk.lines) - parsed.rejections
    return parsed


def parse_decoded(chunk: Chunk, handler: LineHandler) -> Parsed:
    """The lines of a file that a line handler takes, decoded by it."""
    decoded: list[Numbered] = []
    starts: dict[int, bytes] = {}

    def take(number: int, line: bytes) -> None:
        if not line.isascii():
            line.decode()
        refuse_nul(line)
        found = handler.decode(line)
        refuse_ambiguous(line)
        decoded.append((number, found))
        starts[number] = line[: EXCERPT * 4]

    parsed = _each(chunk, take)
    parsed.decoded, parsed.starts, parsed.staged = decoded, starts, len(decoded)
    return parsed


def _each(chunk: Chunk, take: Callable[[int, bytes], None]) -> Parsed:
    parsed = Parsed(chunk.first, chunk.last, chunk.sha256)
    for number, line in enumerate(chunk.lines, chunk.first):
        try:
            if not line:  # a small file may unpack to millions of these
                parsed.reject(Rejection(number, "empty", REASONS["empty"], ""))
                continue
            if type(line) is not bytes:
                raise TypeError
            take(number, line)
        except _REFUSALS as error:
            parsed.reject(_rejection(number, line, error))
    return parsed


# What is wrong with a line


def refused(parsed: Parsed, refusals: Mapping[int, LineRefused]) -> list[Rejection]:
    """The lines that a line handler refused after they had been read, as rejections in the order of the file."""
    return [
        Rejection(number, why.reason[:40], why.detail[:300], blotted(parsed.starts[number]))
        for number, why in sorted(refusals.items())
    ]


def _rejection(number: int, line: bytes | Overlong, error: Exception) -> Rejection:
    if isinstance(line, Overlong):
        detail = f"{REASONS['too_long']}: it has {line.length:,} bytes."
        return Rejection(number, "too_long", detail, blotted(line.start))
    reason, detail = _reason(line, error)
    return Rejection(number, reason[:40], detail[:300], blotted(line))


def _reason(line: bytes, error: Exception) -> tuple[str, str]:
    if found := _look(line):
        return found
    if isinstance(error, LineRefused):
        return error.reason, error.detail
    if isinstance(error, UnicodeDecodeError):
        return "utf8", f"{REASONS['utf8']}{_first_wrong_byte(line)}."
    if isinstance(error, msgspec.ValidationError):
        return "schema", f"{REASONS['schema']}: {scrubbed(str(error))}."
    if found := _ambiguous(line):
        return found
    place = _PLACE.search(str(error))
    return "json", f"{REASONS['json']}{' ' + place.group() if place else ': it ends too early'}."


def _ambiguous(line: bytes) -> tuple[str, str] | None:
    """What a strict reader says of a line that msgspec could not decode, unless it is simply no JSON."""
    try:
        refuse_ambiguous(line)
    except LineRefused as error:
        return None if "It is not JSON" in error.detail else (error.reason, error.detail)
    return None


def _look(line: bytes) -> tuple[str, str] | None:
    """What is wrong at sight, whatever the parser made of it."""
    if not line.strip():
        return "empty", REASONS["empty"]
    if line.startswith(_BOM):
        return "bom", REASONS["bom"]
    if b"\0" in line:
        return "nul", f"The line holds a NUL byte at byte {line.index(0)}."
    return None


def _first_wrong_byte(line: bytes) -> str:
    try:
        line.decode()
    except UnicodeDecodeError as error:
        return f" at byte {error.start}"
    return ""


def blotted(line: bytes) -> str:
    """The line's beginning with every letter as x and every digit as 9: its shape without what it says."""
    text = line[: EXCERPT * 4].decode("utf-8", "replace")[:EXCERPT]
    text = _DIGITS.sub("9", _LETTERS.sub("x", text))
    return "".join(c if c.isascii() and c.isprintable() else "?" for c in text)
