"""Where a chunk's lines wait while they are landed: unlogged places that one transaction uses at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256 as _sha256
from typing import Any, Final

from django.db import transaction

from triage.cases.kinds import StagedLine

PLACES = 8
_LOCK_SPACE = 0x5354  # first key of the advisory locks on places

#: The columns of a place, in the order in which ``Stage.copy`` expects them.
COLUMNS = (
    "line_no",
    "fingerprint",
    "evidence",
    "report",
    "severity",
    "domain",
    "reasons",
    "score",
    "size",
    "record_keys",
    "facilities",
    "digest",
    "payload",
)
#: The column that lines of a kind with members fill besides, after the others.
MEMBER = "member"


@dataclass(frozen=True, slots=True)
class Stage:
    """A place held until the transaction ends. ``table`` takes the chunk's lines by COPY."""

    place: int
    members: bool = False

    @property
    def table(self) -> str:
        """The table the chunk's lines go to."""
        return f"cases_staged_{self.place}"

    @property
    def turned(self) -> str:
        """The table for lines that change their case."""
        return f"cases_turned_{self.place}"

    @property
    def copy(self) -> str:
        """The COPY statement that fills the place (text format, tab and \\N)."""
        columns = (*COLUMNS, MEMBER) if self.members else COLUMNS
        return f"COPY {self.table} ({', '.join(columns)}) FROM STDIN"


def take(cursor: Any, *, members: bool = False) -> Stage:
    """Hold a free place until this transaction ends; waits for one when all are in use. Call inside a transaction.

    ``members``: the lines may name members of their cases.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("A staging place is held by a transaction; there is none.")
    for place in range(PLACES):
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [_LOCK_SPACE, place])
        if cursor.fetchone()[0]:
            return Stage(place, members)
    cursor.execute("SELECT pg_advisory_xact_lock(%s, pg_backend_pid() %% %s)", [_LOCK_SPACE, PLACES])
    cursor.execute("SELECT pg_backend_pid() %% %s", [PLACES])
    return Stage(cursor.fetchone()[0], members)


def clear(cursor: Any, stage: Stage) -> None:
    """Empty the place; nothing of the lines stays in it after the commit."""
    cursor.execute("SELECT cases_clear_staged(%s)", [stage.place])


# Rows of COPY's text format

_NULL: Final = r"\N"
_arrays: dict[tuple[str, ...], str] = {}


def row(number: int, line: StagedLine, payload: bytes) -> bytes:
    """A line as one row of ``COLUMNS`` in COPY's text format. ``payload``: its exact bytes, without a line break."""
    score, domain, keys = line.score, line.domain, line.record_keys
    listed = f"{keys[0]},{keys[1]}" if len(keys) == 2 else ",".join(map(str, keys))
    digest = _sha256(payload).hexdigest()[:32]
    head = (
        f"{number}\t{line.fingerprint}\t{line.evidence}\t{line.report or digest}\t{line.severity}\t"
        f"{domain if domain.isalnum() else _escaped(domain)}\t{_words(line.reasons)}\t"
        f"{_NULL if score is None else score}\t{line.size}\t{{{listed}}}\t"
        f"{_words(line.facilities) if line.facilities else _NULL}\t{digest}\t"
    )
    if b"\\" in payload:
        payload = payload.replace(b"\\", b"\\\\")
    if b"\t" in payload or b"\r" in payload:
        payload = payload.replace(b"\t", b"\\t").replace(b"\r", b"\\r")
    return head.encode() + payload + b"\n"


def member_row(number: int, line: StagedLine, payload: bytes) -> bytes:
    """A row of a kind with members: the evidence of the member comes last (``MEMBER``)."""
    member = f"{line.member}".encode() if line.member else rb"\N"
    return row(number, line, payload)[:-1] + b"\t" + member + b"\n"


def _escaped(text: str) -> str:
    if text.isalnum():
        return text
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def _words(words: Sequence[str]) -> str:
    """Words as an array of COPY's text format."""
    key = tuple(words)
    return _arrays.get(key) or _array(key)


def _array(words: tuple[str, ...]) -> str:
    quoted = ",".join('"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"' for word in words)
    literal = _escaped("{" + quoted + "}")
    if len(_arrays) < 10_000:  # a hostile file may bring as many different lists as it has lines
        _arrays[words] = literal
    return literal
