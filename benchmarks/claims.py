"""Claim the next case: thirty-two people at once, among ten thousand open cases and among a million.

Every client is a process with a connection of its own and calls the console's own action. Rounds on the two databases
alternate. Twice claimed is wrong at any speed: a case, or two cases about one record, ends the run.
"""

from __future__ import annotations

import multiprocessing
import time
from multiprocessing.synchronize import Barrier
from typing import Any

from benchmarks import engines, population
from benchmarks.figures import Figure, median, p95
from benchmarks.sizes import Sizes

BUDGET = 1.2
WARM_UP = 2  # connections open, permissions are read


def measure(sizes: Sizes, *, few: str, many: str) -> list[Figure]:
    """p95 of claim-next on ``many`` over that on ``few``, for people who work all queues and for one hot queue."""
    figures = []
    for label, hot in (("20 queues", False), ("one hot queue", True)):
        found: dict[str, list[list[float]]] = {few: [], many: []}
        for _ in range(sizes.rounds):
            for name in (few, many):
                found[name].append(_round(name, sizes, hot=hot))
        p = {name: median(p95(times) for times in rounds) * 1000 for name, rounds in found.items()}
        middle = {name: median(median(times) for times in rounds) * 1000 for name, rounds in found.items()}
        figures.append(
            Figure(
                f"claim next, {label}, {sizes.clients} at once, p95 at {sizes.many:,} / {sizes.few:,}",
                p[many] / p[few],
                budget=BUDGET,
                raw={
                    f"p95 ms at {sizes.few:,}": p[few],
                    f"at {sizes.many:,}": p[many],
                    "p50 ms": [middle[few], middle[many]],
                    "claims": sum(len(times) for rounds in found.values() for times in rounds),
                    "double claims": 0,
                },
            )
        )
    return figures


def _round(name: str, sizes: Sizes, *, hot: bool) -> list[float]:
    """Seconds of each claim of one round; the claims are given back afterwards."""
    with engines.use(name):
        context = multiprocessing.get_context("fork")
        together = context.Barrier(sizes.clients)
        results: Any = context.Queue()
        clients = [
            context.Process(target=_client, args=(number, sizes.claims, hot, together, results))
            for number in range(sizes.clients)
        ]
        for client in clients:
            client.start()
        answers = [results.get(timeout=600) for _ in clients]
        for client in clients:
            client.join()
        problems = [answer for answer in answers if isinstance(answer, str)]
        if problems:
            raise RuntimeError(problems[0])
        _no_case_twice(name, [case for answer in answers for case, _ in answer])
    return [seconds for answer in answers for _, seconds in answer[WARM_UP:]]


def _client(number: int, claims: int, hot: bool, together: Barrier, results: Any) -> None:
    try:
        results.put(_claim(number, claims, hot, together))
    except BaseException as error:  # noqa: BLE001 - the others must not wait for this one for ever
        together.abort()
        results.put(f"{type(error).__name__}: {error}")


def _claim(number: int, claims: int, hot: bool, together: Barrier) -> list[tuple[int, float]]:
    from console.errors import Stale  # noqa: PLC0415
    from triage.cases import actions  # noqa: PLC0415

    people, queues = population.reviewers(), population.queues()
    me, mine = people[number % len(people)], queues[:1] if hot else queues
    taken = []
    together.wait()
    while len(taken) < claims + WARM_UP:
        start = time.perf_counter()
        try:
            claimed = actions.claim_next(queues=mine, by=me)
        except Stale:
            continue
        if claimed is None:
            raise RuntimeError("There are fewer open cases than claims.")
        taken.append((claimed.case.pk, time.perf_counter() - start))
    return taken


def _no_case_twice(name: str, taken: list[int]) -> None:
    """Check that no case and no record was claimed twice; then make every case open again."""
    with engines.admin(name) as cursor:
        cursor.execute("SELECT count(*), (SELECT count(*) FROM cases_heldrecord) FROM cases_claim")
        claims, held = cursor.fetchone()
        cursor.execute(
            "SELECT count(*), count(DISTINCT k) FROM cases_claim AS l JOIN cases_case AS c ON c.id = l.case_id"
            " CROSS JOIN unnest(c.record_keys) AS k WHERE c.state = 'claimed'"
        )
        records, distinct = cursor.fetchone()
        if not len(taken) == len(set(taken)) == claims or not records == distinct == held:
            raise RuntimeError(f"Claimed twice: {len(taken)} answers, {len(set(taken))} cases, {claims} claims.")
        cursor.execute("DELETE FROM cases_heldrecord")
        cursor.execute("DELETE FROM cases_claim")
        cursor.execute("UPDATE cases_case SET state = 'open' WHERE state = 'claimed'")
        cursor.execute("VACUUM ANALYZE cases_heldrecord, cases_claim")
        cursor.execute("VACUUM cases_case")
