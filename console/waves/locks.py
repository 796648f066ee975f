"""Advisory locks on waves. They serialise signing against changes to the evidence.

A transaction that changes facts of a wave locks it until it commits; one that seals, votes, decides or starts locks it
exclusively. Changes share a wave without a sealed package. A *guarded* wave, on whose facts a sealed package relies, is
locked by one transaction at a time: the change may invalidate signatures.

Order, to avoid deadlocks: waves by ascending key before anything else that is locked, including the wave's own row,
except rows that only the holder's own capability locks.

Advisory locks, because PostgreSQL serves them in order. Any number of shared row locks may pass a transaction that
waits for the exclusive one: two workers that load a run would keep a board from sealing until the run is loaded.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.db import connection, transaction

_SPACE: Final = 0x5756  # first key of the advisory locks on waves
_KEYS: Final = "SELECT id FROM waves_wave ORDER BY id"
# What is read must be read by a statement of its own: the one that waited sees the time before it waited.
_SHARE: Final = "SELECT pg_advisory_xact_lock_shared(%s, key) FROM unnest(%s::int[]) AS wanted (key)"
_ALONE: Final = "SELECT pg_advisory_xact_lock(%s, key) FROM unnest(%s::int[]) AS wanted (key)"
_TRY_SHARE: Final = "SELECT pg_try_advisory_xact_lock_shared(%s, key) FROM unnest(%s::int[]) AS wanted (key)"
#: Whether each wave is held now: alone where it is guarded, which asking once more for the shared lock does not hurt.
_TRY_GUARDED: Final = (
    "SELECT coalesce(bool_and(pg_try_advisory_xact_lock_shared(%s, key)), true) AND "
    "(SELECT coalesce(bool_and(pg_try_advisory_xact_lock(%s, id::int)), true) FROM waves_wave "
    "WHERE id = ANY(%s) AND guarded_at IS NOT NULL) FROM unnest(%s::int[]) AS wanted (key)"
)
_GUARDED: Final = "SELECT id FROM waves_wave WHERE id = ANY(%s) AND guarded_at IS NOT NULL ORDER BY id"


def lock_shared(waves: Iterable[int] | None) -> tuple[int, ...]:
    """Hold these waves (None: all) against signing until the transaction ends. Returns those that are guarded."""
    keys = _keys(waves)
    with transaction.atomic():
        guarded = _lock(_SHARE, keys)
        if not guarded:
            return ()
        transaction.set_rollback(True)  # gives the shared locks back: two who raise a shared lock wait for ever
    return _lock(_ALONE, keys)


def try_shared(waves: Iterable[int]) -> bool:
    """Hold these waves as ``lock_shared`` does, if that needs no waiting: whatever is locked already.

    False, and some of them may be held, when another transaction holds one of them otherwise.
    """
    keys = _keys(waves)
    with connection.cursor() as cursor:
        # Two statements, as in ``_lock``: whether a wave is guarded is read once its lock is held.
        cursor.execute(f"{_TRY_SHARE}; {_TRY_GUARDED}", [_SPACE, keys, _SPACE, _SPACE, keys, keys])
        return bool(cursor.fetchone()[0])


def lock_exclusive(waves: Iterable[int]) -> None:
    """Lock these waves exclusively until the transaction ends."""
    _lock(_ALONE, _keys(waves))


def _keys(waves: Iterable[int] | None) -> list[int]:
    if waves is not None:
        return sorted(set(waves))
    with connection.cursor() as cursor:
        cursor.execute(_KEYS)
        return [key for (key,) in cursor.fetchall()]


def _lock(statement: str, keys: list[int]) -> tuple[int, ...]:
    """Take the locks in the order of the keys, then read which of the waves are guarded."""
    with connection.cursor() as cursor:
        cursor.execute(f"{statement}; {_GUARDED}", [_SPACE, keys, keys])
        return tuple(key for (key,) in cursor.fetchall())
