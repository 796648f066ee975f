"""What the audit log costs: one entry, one captured row change, and a bulk of them."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.db import connection

from benchmarks import engines, population
from benchmarks.figures import Figure, median
from benchmarks.sizes import Sizes

MANY = 400


def measure(sizes: Sizes, *, logged: str, plain: str) -> list[Figure]:
    """Milliseconds an entry, milliseconds a captured row, and entries a second when many rows change at once."""
    repeats = max(sizes.decisions * sizes.rounds, 4)
    rounds: dict[str, dict[str, list[float]]] = {logged: {}, plain: {}}
    for _ in range(sizes.rounds + 1):
        for name in (logged, plain):
            with engines.use(name):
                for what, seconds in _round(repeats).items():
                    rounds[name].setdefault(what, []).append(seconds)
    cost = {name: {what: median(times[1:] or times) for what, times in found.items()} for name, found in rounds.items()}
    extra = {what: (cost[logged][what] - cost[plain][what]) * 1000 for what in cost[logged]}
    many = 1 / cost[logged]["change many"]
    return [
        Figure(
            "an entry of its own, beyond a plain row",
            extra["entry"],
            "ms",
            raw=_raw(cost[logged], cost[plain], "entry"),
        ),
        Figure("capture of one changed case", extra["change"], "ms", raw=_raw(cost[logged], cost[plain], "change")),
        Figure(
            f"captured changes, {MANY} rows a statement",
            many,
            "rows/s",
            raw=_raw(cost[logged], cost[plain], "change many"),
        ),
    ]


def _raw(logged: dict[str, float], plain: dict[str, float], what: str) -> dict[str, float]:
    return {"ms with": logged[what] * 1000, "without": plain[what] * 1000}


def _round(repeats: int) -> dict[str, float]:
    """Seconds that one of each takes, on average, without its commit."""
    from console.audit import log  # noqa: PLC0415
    from triage.cases.models import Case  # noqa: PLC0415

    by = population.reviewers()[0]
    case = Case.objects.filter(state="open").first()
    facts = {"decision": 1, "verdict": "NO_MATCH", "reason": "namesakes", "role": "first", "revision": 1}
    with log.transaction(by=by, purpose="bench"):
        entry = _each(repeats, lambda _: log.record("case.decided", subject=case, by=by, facts=facts))
        change = _each(repeats, lambda n: Case.objects.filter(pk=case.pk).update(revision=n + 2, reopened=n + 1))
    with log.transaction(by=by, purpose="bench"), connection.cursor() as cursor:
        start = time.perf_counter()
        cursor.execute(
            "UPDATE cases_case SET revision = revision + 1"
            " WHERE id IN (SELECT id FROM cases_case WHERE state = 'open' LIMIT %s)",
            [MANY],
        )
        many = (time.perf_counter() - start) / cursor.rowcount
    return {"entry": entry, "change": change, "change many": many}


def _each(repeats: int, act: Callable[[int], object]) -> float:
    start = time.perf_counter()
    for number in range(repeats):
        act(number)
    return (time.perf_counter() - start) / repeats
