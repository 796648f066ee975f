"""What a hospital's monitoring would have said during the dress rehearsal: invented, drawn by seed, and steady.

A day at the target as the staff of wave 1 rehearsed it: sign-ins, chart openings, orders, interfaces, replication, the
help desk. The numbers are drawn around stated levels; nothing here was measured.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any, Final

from samples.people import rng

EVERY: Final = dt.timedelta(minutes=5)
LASTS: Final = dt.timedelta(hours=2)
RESTORE_TESTED: Final = dt.timedelta(days=6, hours=3)

Line = dict[str, Any]


def measured(run: str, finished_at: dt.datetime) -> list[Line]:
    """The lines of a run's ``measures`` file: two hours up to ``finished_at``, one value each five minutes."""
    moments = int(LASTS / EVERY)
    times = [finished_at - EVERY * step for step in range(moments, -1, -1)]
    lines = [line for place, at in enumerate(times) for line in _at(run, place, at)]
    return [*lines, {"measure": "restore-test", "value": 1, "as_of": stamp(finished_at - RESTORE_TESTED)}]


def _at(run: str, place: int, at: dt.datetime) -> Iterator[Line]:
    chance = rng("operations", run, place)
    tried = chance.randint(180, 260)
    opened = chance.randint(300, 520)
    ordered = chance.randint(240, 330)
    # Staff arrive, the help desk rings, interfaces drain what the outage had kept back.
    settling = max(0.0, 1 - place / 12)
    yield _ratio("login-success", at, tried - chance.choice([0, 0, 0, 1]), tried)
    yield _value("chart-open-p95", at, round(1.24 + 0.4 * settling + chance.uniform(0, 0.18), 2), samples=opened)
    yield _ratio("order-errors", at, chance.choice([0, 0, 0, 0, 1]), ordered)
    yield _value("interface-backlog", at, round(46 * settling) + chance.randint(2, 9))
    yield _value("replication-lag", at, round(0.6 + 1.2 * settling + chance.uniform(0, 0.5), 1))
    yield _value("help-desk-volume", at, round(9 * settling) + chance.randint(1, 5))


def _ratio(measure: str, at: dt.datetime, numerator: int, denominator: int) -> Line:
    return {"measure": measure, "numerator": numerator, "denominator": denominator, "as_of": stamp(at)}


def _value(measure: str, at: dt.datetime, value: float, *, samples: int | None = None) -> Line:
    counted = {} if samples is None else {"samples": samples}
    return {"measure": measure, "value": value, **counted, "as_of": stamp(at)}


def stamp(at: dt.datetime) -> str:
    """A time as the lines write it: UTC, to the second."""
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
