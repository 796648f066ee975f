"""Where a chunk's lines wait while they are landed: unlogged places that one transaction uses at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction

PLACES = 8
_LOCK_SPACE = 0x5354  # first key of the advisory locks on places

#: The columns of a place, in the order in which ``Stage.copy`` expects them.
COLUMNS = (
    "line_no",
    "fingerprint",
    "evidence",
    "severity",
    "domain",
    "reasons",
    "score",
    "size",
    "record_keys",
    "digest",
    "payload",
)


@dataclass(frozen=True, slots=True)
class Stage:
    """A place held until the transaction ends. ``table`` takes the chunk's lines by COPY."""

    place: int

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
        return f"COPY {self.table} ({', '.join(COLUMNS)}) FROM STDIN"


def take(cursor: Any) -> Stage:
    """Hold a free place until this transaction ends; waits for one when all are in use. Call inside a transaction."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("A staging place is held by a transaction; there is none.")
    for place in range(PLACES):
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [_LOCK_SPACE, place])
        if cursor.fetchone()[0]:
            return Stage(place)
    cursor.execute("SELECT pg_advisory_xact_lock(%s, pg_backend_pid() %% %s)", [_LOCK_SPACE, PLACES])
    cursor.execute("SELECT pg_backend_pid() %% %s", [PLACES])
    return Stage(cursor.fetchone()[0])


def clear(cursor: Any, stage: Stage) -> None:
    """Empty the place; nothing of the lines stays in it after the commit."""
    cursor.execute("SELECT cases_clear_staged(%s)", [stage.place])
