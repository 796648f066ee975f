"""Holding waves: nobody signs for a wave while a transaction changes what it rests on, and the other way round.

Everything that changes facts of a wave holds its row until it commits; everything that seals, votes, decides or begins
holds it alone. A wave that nobody has sealed a package about is shared by all who change it. A *guarded* wave, on
whose facts a sealed package rests, is held by one transaction at a time: it may have to withdraw signatures.

Order, so that nobody waits in a circle: waves by ascending key before anything else that is locked, except rows that
only the holder's own capability locks.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.db import connection, transaction

_SHARE: Final = "SELECT id, guarded_at IS NOT NULL FROM waves_wave WHERE {which} ORDER BY id FOR SHARE"
_ALONE: Final = "SELECT id, guarded_at IS NOT NULL FROM waves_wave WHERE {which} ORDER BY id FOR NO KEY UPDATE"


def hold(waves: Iterable[int] | None) -> tuple[int, ...]:
    """Hold these waves (None: all) against signing until the transaction ends. Returns those that are guarded."""
    keys = None if waves is None else sorted(set(waves))
    with transaction.atomic():
        rows = _lock(_SHARE, keys)
        if not any(guarded for _, guarded in rows):
            return ()
        transaction.set_rollback(True)  # gives the shared locks back: two who raise a shared lock wait for ever
    return tuple(key for key, guarded in _lock(_ALONE, keys) if guarded)


def hold_alone(waves: Iterable[int]) -> None:
    """Hold these waves alone until the transaction ends: what is read of them from here on stays as it is."""
    _lock(_ALONE, sorted(set(waves)))


def _lock(statement: str, keys: list[int] | None) -> list[tuple[int, bool]]:
    which = "true" if keys is None else "id = ANY(%s)"
    with connection.cursor() as cursor:
        cursor.execute(statement.format(which=which), [] if keys is None else [keys])
        return [(key, guarded) for key, guarded in cursor.fetchall()]
