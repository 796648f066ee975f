"""Measure a decision with the audit log, against the same action without the audit log's triggers.

Two copies of one database. One of them lacks all that the audit log adds inside PostgreSQL: stamping and hashing of
entries, capture of row changes, refusal of changes. The action's own entry is one more plain row there. Blocks of
decisions alternate.
"""

from __future__ import annotations

import itertools
import time
import uuid
from collections.abc import Callable
from typing import Any

from benchmarks import engines, population
from benchmarks.figures import Figure, median, p95
from benchmarks.sizes import Sizes

WITH_BOOK = 1.5
#: The closest peer's status change over HTTP took 350 bare transactions (85 ms); a fifteenth of that is the budget.
PEER = 350
OVER_HTTP = PEER / 15
#: A link to the end of a chain of so many may take so much longer than a link of two records that nothing stands about.
CHAIN = 1000
IN_CHAIN = 1.3
#: What the stamp writes, for when it is off.
STAMPED = {
    "timestamp": "now()",
    "db_user": "''",
    "txid": "0",
    "leaf_version": "1",
    "bytes": "''",
    "leaf_hash": "''",
    "object_repr": "''",
}


def measure(sizes: Sizes, *, logged: str, plain: str) -> list[Figure]:
    """The decision with over without the audit log; and over HTTP, over a bare transaction."""
    found: dict[str, list[list[float]]] = {logged: [], plain: []}
    for number in range(sizes.rounds + 1):
        for name in (logged, plain) if number % 2 else (plain, logged):
            with engines.use(name):
                times = _decide(sizes.decisions)
            if number:  # the first round warms up
                found[name].append(times)
    sent, bare = [], []
    for _ in range(sizes.rounds):
        with engines.use(logged):
            sent += _over_http(sizes.decisions)
        bare += _bare(plain, sizes.decisions)
    with engines.use(logged):
        alone, chained = _links(sizes.decisions)
    p50 = {name: median(median(times) for times in rounds) * 1000 for name, rounds in found.items()}
    late = {name: median(p95(times) for times in rounds) * 1000 for name, rounds in found.items()}
    return [
        Figure(
            "decision with the audit log / with its triggers off",
            p50[logged] / p50[plain],
            budget=WITH_BOOK,
            raw={
                "p50 ms with": p50[logged],
                "without": p50[plain],
                "p95 ms with": late[logged],
                "without the audit log": late[plain],
                "decisions": sum(map(len, found[logged])),
            },
        ),
        Figure(
            "decision, form sent to the console / a bare transaction",
            median(sent) / median(bare),
            budget=OVER_HTTP,
            raw={
                "p50 ms": median(sent) * 1000,
                "p95 ms": p95(sent) * 1000,
                "bare ms": median(bare) * 1000,
                "the peer's ratio": PEER,
                "decisions": len(sent),
            },
        ),
        Figure(
            f"link in a chain of {CHAIN:,} / of two records that nothing stands about",
            median(chained) / median(alone),
            budget=IN_CHAIN,
            raw={
                "p50 ms in the chain": median(chained) * 1000,
                "alone": median(alone) * 1000,
                "p95 ms in the chain": p95(chained) * 1000,
                "decisions": len(chained),
            },
        ),
    ]


def unbook(name: str) -> None:
    """Take every trigger of the audit log off the database ``name``."""
    from console.audit import guard  # noqa: PLC0415

    with engines.use(name), engines.admin(name) as cursor:
        guard.lift(guard.admin_url())
        cursor.execute(
            "SELECT tgrelid::regclass::text, tgname FROM pg_trigger JOIN pg_proc p ON p.oid = tgfoid"
            " WHERE NOT tgisinternal AND p.proname LIKE 'audit\\_%'"
        )
        for table, trigger in cursor.fetchall():
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
        for column, value in STAMPED.items():
            cursor.execute(f"ALTER TABLE audit_logentry ALTER COLUMN {column} SET DEFAULT {value}")
        cursor.execute("VACUUM ANALYZE")


def _claimed(count: int) -> list[tuple[Any, Any]]:
    """So many cases, each claimed by the person beside it."""
    from triage.cases import actions  # noqa: PLC0415

    people, queues, claimed = itertools.cycle(population.reviewers()), population.queues(), []
    for person in itertools.islice(people, count):
        taken = actions.claim_next(queues=queues, by=person)
        if taken is None:
            raise RuntimeError("There are fewer open cases than decisions.")
        claimed.append((taken.case, person))
    return claimed


def _timed(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def _decide(count: int) -> list[float]:
    """Seconds of each decision."""
    from triage.cases import actions  # noqa: PLC0415

    return [
        _timed(
            lambda case=case, person=person: actions.decide(
                case=case,
                verdict="NO_MATCH",
                reason="namesakes",
                note="The names are common here.",
                seen=case.revision,
                by=person,
                request_key=uuid.uuid4(),
            )
        )
        for case, person in _claimed(count)
    ]


def _links(count: int) -> tuple[list[float], list[float]]:
    """Seconds of each link: of two records by themselves, and of one to the end of a chain of its own."""
    from triage.cases import actions  # noqa: PLC0415

    alone, chained = [], []
    for number, (case, person) in enumerate(_claimed(2 * count)):
        if number % 2:
            _chain(case)
        seconds = _timed(
            lambda case=case, person=person: actions.decide(
                case=case,
                verdict="LINK",
                reason="demographics_agree",
                seen=case.revision,
                by=person,
                confirmed=True,
                request_key=uuid.uuid4(),
            )
        )
        (chained if number % 2 else alone).append(seconds)
    return alone, chained


def _chain(case: Any) -> None:
    """Put a chain of links behind the first record of a case, as if they had been decided."""
    from django.db import connection  # noqa: PLC0415

    values = {"start": case.record_keys[0], "case": case.pk, "length": CHAIN}
    with connection.cursor() as cursor:
        cursor.execute(_CHAIN_RECORDS, values)
        cursor.execute(_CHAIN_LINKS, values)


_CHAIN_RECORDS = """
WITH one AS (INSERT INTO merges_goldenrecord (size) VALUES (%(length)s + 1) RETURNING id)
INSERT INTO merges_recordidentity (record_key, golden_id)
SELECT key, one.id FROM one, (
    SELECT %(start)s::bigint AS key UNION ALL
    SELECT %(case)s::bigint * 1000000 + n FROM generate_series(1, %(length)s) AS n
) AS keys
"""
_CHAIN_LINKS = """
WITH ordered AS (
    SELECT record_key, golden_id, lag(record_key) OVER (ORDER BY record_key) AS before
    FROM merges_recordidentity
    WHERE golden_id = (SELECT golden_id FROM merges_recordidentity WHERE record_key = %(start)s)
)
INSERT INTO merges_linkedpair (case_id, decision_id, low_key, high_key, golden_id)
SELECT %(case)s, (SELECT max(id) FROM cases_decision), before, record_key, golden_id
FROM ordered WHERE before IS NOT NULL
"""


def _over_http(count: int) -> list[float]:
    """Seconds of each form sent, through every middleware, to the answer."""
    from django.test import Client  # noqa: PLC0415

    clients = {person.pk: Client(SERVER_NAME="localhost") for person in population.reviewers()}
    seconds = []
    for case, person in _claimed(count):
        client = clients[person.pk]
        if not client.session.get("_auth_user_id"):
            client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
            client.get("/queues/")
        form = {
            "verdict": "NO_MATCH",
            "reason": "namesakes",
            "note": "The names are common here.",
            "seen": case.revision,
            "request_key": str(uuid.uuid4()),
        }
        address = f"/cases/{case.ref}/decisions/"
        start = time.perf_counter()
        response = client.post(address, form)
        seconds.append(time.perf_counter() - start)
        if response.status_code >= 400 or case.__class__.objects.get(pk=case.pk).state != "decided":
            raise RuntimeError(f"{address} answered {response.status_code}: {response.content[:300]!r}")
    return seconds


def _bare(name: str, count: int) -> list[float]:
    """Seconds of each of ``count`` transactions that change one row by its key and do nothing else."""
    with engines.admin(name) as cursor:
        cursor.execute("CREATE TABLE bare (id bigint PRIMARY KEY, state text NOT NULL)")
        cursor.execute("INSERT INTO bare SELECT n, 'open' FROM generate_series(1, %s) AS n", [count])
        seconds = [
            _timed(lambda n=n: cursor.execute("UPDATE bare SET state = 'decided' WHERE id = %s", [n]))
            for n in range(1, count + 1)
        ]
        cursor.execute("DROP TABLE bare")
    return seconds
