"""Pages for people, among ten thousand open cases and among a million: seconds in the server, and queries.

Requests go through the real middleware, views and templates in this process; what a network adds is the same for both.
The two databases take turns page by page, and every request asks for a case or a place in the list of its own.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from benchmarks import engines, population
from benchmarks.figures import Figure, median, p95
from benchmarks.sizes import Sizes

RATIO, MS = 1.2, 100.0
WARM_UP = 2

#: What a request asks for: an address, or the text of a search, which is sent with POST.
Ask = str | dict[str, str]


@dataclass(slots=True)
class _Found:
    seconds: list[list[float]]
    queries: set[int]


def measure(sizes: Sizes, *, few: str, many: str) -> list[Figure]:
    """For each page: p95 on ``many`` over that on ``few``; its milliseconds and its queries among many."""
    pages: dict[str, dict[str, Callable[[int], Ask]]] = {}
    found: dict[str, dict[str, _Found]] = {}
    for name in (few, many):
        with engines.use(name):
            pages[name] = _pages()
    for number, page in itertools.product(range(sizes.rounds), pages[few]):
        for name in (
            (few, many) if number % 2 else (many, few)
        ):  # one straight after the other: the machine's mood changes
            one = found.setdefault(page, {}).setdefault(name, _Found([], set()))
            with engines.use(name):
                one.seconds.append(_round(pages[name][page], sizes.requests))
                if number == 0:
                    one.queries |= _queries(pages[name][page])
    figures = []
    for page, by_size in found.items():
        figures += _figures(page, by_size[few], by_size[many], sizes)
    return figures


def _figures(page: str, few: _Found, many: _Found, sizes: Sizes) -> Iterator[Figure]:
    late = [median(p95(times) for times in found.seconds) * 1000 for found in (few, many)]
    middle = [median(median(times) for times in found.seconds) * 1000 for found in (few, many)]
    queries = sorted(few.queries | many.queries)  # an empty page may ask less
    raw: dict[str, Any] = {"p95 ms": late, "p50 ms": middle, "queries": queries}
    yield Figure(f"{page}, p95 at {sizes.many:,} / {sizes.few:,} open", late[1] / late[0], budget=RATIO, raw=raw)
    yield Figure(f"{page}, p95 at {sizes.many:,} open", late[1], "ms", MS)
    if max(many.queries) > max(few.queries):
        yield Figure(f"{page}, more queries", max(many.queries) - max(few.queries), "", 0, raw={"queries": queries})


def _client() -> Any:
    from django.test import Client  # noqa: PLC0415

    client = Client(SERVER_NAME="localhost")
    client.force_login(population.reviewers()[0], backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def _get(client: Any, ask: Ask) -> str:
    searching = {"headers": {"HX-Request": "true"}}
    response = client.get(ask) if isinstance(ask, str) else client.post("/search/", ask, **searching)
    if response.status_code != 200:
        raise RuntimeError(f"{ask} answered {response.status_code}: {response.content[:300]!r}")
    return str(response.content.decode())


def _round(address: Callable[[int], Ask], requests: int) -> list[float]:
    client, seconds = _client(), []
    addresses = [address(number) for number in range(requests + WARM_UP)]
    for number, one in enumerate(addresses):
        start = time.perf_counter()
        _get(client, one)
        if number >= WARM_UP:  # templates are compiled, connections open
            seconds.append(time.perf_counter() - start)
    return seconds


def _queries(address: Callable[[int], Ask]) -> set[int]:
    """How many queries the page costs, for several cases or places."""
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    client, counts = _client(), set()
    _get(client, address(0))
    for number in range(1, 9):
        with CaptureQueriesContext(connection) as captured:
            _get(client, address(number))
        counts.add(len(captured))
    return counts


def _pages() -> dict[str, Callable[[int], Ask]]:
    """Each page with the address of its ``n``-th request."""
    from console.web.throttles import SearchThrottle  # noqa: PLC0415

    SearchThrottle.rate = "1000000/min"  # one person asks here as often as hundreds do
    hot = population.queues()[0].slug
    places, cases = _places(200), _cases(200)

    def deep(path: str) -> Callable[[int], str]:
        return lambda number: f"{path}?{urlencode({'after': places[number % len(places)]})}"

    return {
        "queues": lambda _: "/queues/",
        "a queue, first page": lambda _: f"/queues/{hot}/",
        "a queue, deep page": deep(f"/queues/{hot}/"),
        "all cases, first page": lambda _: "/cases/",
        "all cases, deep page": deep("/cases/"),
        "all cases, critical only": lambda _: "/cases/?severity=critical",
        "all cases, a rare reason": lambda _: f"/cases/?reason={population.RARE}",
        "all cases, settled": lambda _: "/cases/?state=settled",
        "a case": lambda number: f"/cases/EX-{cases[number % len(cases)]}/",
        "search, a case number": lambda number: {"text": f"EX-{cases[number % len(cases)]}"},
        "search, a record number": lambda number: {"text": f"E0-{cases[number % len(cases)]:08d}"},
        "search, a beginning": lambda number: {"text": f"E0-{cases[number % len(cases)]:08d}"[:-2]},
        "search, the commonest beginning": lambda _: {"text": "E0-"},
        "search, no such number": lambda number: {"text": f"X{number}-999"},
        "search, commands": lambda _: {"text": ">"},
        "cases by the API": lambda _: f"/api/v1/cases/?queue={hot}",
    }


def _places(count: int) -> list[str]:
    """Page markers spread over the whole list of open cases."""
    from triage.cases.listing import CURSORS  # noqa: PLC0415
    from triage.cases.models import Case  # noqa: PLC0415

    numbers = _cases(count)
    return [CURSORS.cursor(case) for case in Case.objects.filter(pk__in=numbers).only("priority", "due_at", "pk")]


def _cases(count: int) -> list[int]:
    """Numbers of open cases spread over all of them, in an order of their own."""
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.id FROM (SELECT min(id) AS low, max(id) AS high FROM cases_case WHERE state = 'open') AS ends,"
            " generate_series(1, %s) AS n CROSS JOIN LATERAL (SELECT id FROM cases_case"
            " WHERE id >= low + (high - low) * n / (%s + 1) AND state = 'open' ORDER BY id LIMIT 1) AS c"
            " ORDER BY md5(c.id::text)",
            [count, count],
        )
        return [number for (number,) in cursor.fetchall()]
