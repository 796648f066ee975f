"""What time does to cases: claims run out, deferred cases wake, tallies are folded. Run by beat every few seconds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection, transaction
from django.utils import timezone

from console.audit import log
from console.people.models import User
from triage.cases.actions import locks, waking
from triage.cases.models import COUNTED_DOMAINS, Case

_WAKE_BATCHES = 10
_FOLD_LOCK = 0x54414C59
_FOLD_ABOVE = 64  # rows of deltas; below it a sum is quick enough and folding only makes churn


@dataclass(frozen=True, slots=True)
class Swept:
    """How many claims ran out and how many deferred cases woke."""

    expired: int
    woken: int


def sweep(*, by: User, now: dt.datetime | None = None) -> Swept:
    """End claims that have run out and wake deferred cases whose time has come; one entry when there were any."""
    moment = now or timezone.now()
    with log.transaction(by=by, purpose="tend"):
        expired = locks.sweep(moment)
        woken = waking.wake_on_date(moment)
        if expired or woken:
            facts = {"expired": _refs(expired), "woken": _refs(woken)}
            log.record("queue.tended", subject=Case(pk=(expired or woken)[0]), by=by, facts=facts)
    return Swept(len(expired), len(woken) + sum(_after_cutovers(by, moment)))


def _after_cutovers(by: User, now: dt.datetime) -> Iterator[int]:
    """Wake what waited for a cutover, batch by batch; so many at once that fifty thousand wake within a minute."""
    for _ in range(_WAKE_BATCHES):
        woken = waking.wake_after_cutover(by=by, now=now)
        yield woken
        if woken < waking.BATCH:
            return


def fold_tally() -> int:
    """Replace many small deltas by their sums; returns how many went. What is counted stays the same."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_FOLD_LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(_FOLD, {"above": _FOLD_ABOVE})
        gone = int(cursor.fetchone()[0])
        cursor.execute(_ENOUGH, {"above": _FOLD_ABOVE})
        if cursor.fetchone()[0]:
            cursor.execute(_NAME_DOMAINS, {"most": COUNTED_DOMAINS})
            cursor.execute(_FOLD_WAVES, {"most": COUNTED_DOMAINS})
            gone += int(cursor.fetchone()[0])
    return gone


def _refs(cases: list[int]) -> list[str]:
    return [f"EX-{number}" for number in cases]


_FOLD = """
WITH enough AS (SELECT count(*) > %(above)s AS yes FROM (SELECT 1 FROM cases_queuetally LIMIT %(above)s + 1) AS few),
gone AS (
    DELETE FROM cases_queuetally WHERE (SELECT yes FROM enough) RETURNING queue_id, state, delta
), kept AS (
    INSERT INTO cases_queuetally (queue_id, state, delta)
    SELECT queue_id, state, sum(delta) FROM gone GROUP BY queue_id, state HAVING sum(delta) <> 0
)
SELECT count(*) FROM gone
"""

_ENOUGH = "SELECT count(*) > %(above)s FROM (SELECT 1 FROM cases_wavetally WHERE NOT folded LIMIT %(above)s + 1) AS few"
# Only here do domains get names, by one at a time: whether a wave has room for one more is never asked by two at once.
_NAME_DOMAINS = """
INSERT INTO cases_counteddomain (wave_id, domain)
SELECT wave_id, domain
FROM (
    SELECT wave_id, domain, row_number() OVER (PARTITION BY wave_id ORDER BY domain) AS place
    FROM (SELECT DISTINCT wave_id, domain FROM cases_wavetally WHERE NOT folded AND domain <> '') AS told
    WHERE (wave_id, domain) NOT IN (SELECT wave_id, domain FROM cases_counteddomain)
) AS fresh
WHERE place <= %(most)s - (SELECT count(*) FROM cases_counteddomain AS d WHERE d.wave_id = fresh.wave_id)
"""
# A domain without a name goes under the empty one, but only once its wave has no room left: it then never gets a name,
# and what leaves it later is taken from where it went.
_FOLD_WAVES = """
WITH full_waves AS (
    SELECT wave_id FROM cases_counteddomain GROUP BY wave_id HAVING count(*) >= %(most)s
), gone AS (
    DELETE FROM cases_wavetally WHERE wave_id IN (SELECT wave_id FROM cases_wavetally WHERE NOT folded)
    RETURNING wave_id, kind, severity, domain, phase, delta, became, past_cutover
), kept AS (
    INSERT INTO cases_wavetally (wave_id, kind, severity, domain, phase, delta, became, folded, past_cutover)
    SELECT wave_id, kind, severity, domain, phase, sum(delta), sum(became), true, sum(past_cutover)
    FROM (
        SELECT g.wave_id, g.kind, g.severity, g.phase, g.delta, g.became, g.past_cutover,
               CASE WHEN g.wave_id NOT IN (SELECT wave_id FROM full_waves)
                      OR (g.wave_id, g.domain) IN (SELECT wave_id, domain FROM cases_counteddomain)
                    THEN g.domain ELSE '' END AS domain
        FROM gone AS g
    ) AS named
    GROUP BY wave_id, kind, severity, domain, phase
    HAVING sum(delta) <> 0 OR sum(became) <> 0 OR sum(past_cutover) <> 0
)
SELECT count(*) FROM gone
"""
