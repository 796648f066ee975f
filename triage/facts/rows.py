"""How facts are asked in SQL: always of many waves in one query, ``asked (wave, …)``."""

from __future__ import annotations

from typing import Any, Final

from django.db import connection

from triage.facts.values import Ratio

#: The waves that are asked about.
ASKED: Final = "unnest(%(waves)s::bigint[]) AS asked (wave)"
#: The time of a run's data. A pipeline whose clock runs ahead must not make its data look fresher than they can be.
TIME: Final = "least(r.finished_at, r.announced_at)"
LOADED: Final = "r.wave_id = asked.wave AND r.state = 'loaded'"
NEWEST: Final = f"ORDER BY {TIME} DESC, r.id DESC LIMIT 1"
#: The latest loaded run of the wave that is asked about.
LATEST: Final = f"SELECT {TIME} AS as_of, r.rejected, r.lines FROM runs_run AS r WHERE {LOADED} {NEWEST}"


def rows(sql: str, **values: Any) -> list[tuple[Any, ...]]:
    """Return what a statement finds."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def ratios(sql: str, **values: Any) -> dict[int, Ratio]:
    """Return what rows of (key, part, whole, time) say by their keys; those without a time are left out."""
    return {
        key: Ratio(int(part), int(whole), as_of) for key, part, whole, as_of in rows(sql, **values) if as_of is not None
    }
