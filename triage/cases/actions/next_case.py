"""Claim the next case of some queues, or of a list of cases that a reviewer works through."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final

from django.db import connection, transaction
from django.utils import timezone

from console.audit import log
from console.errors import Stale
from console.people import permissions
from console.people.models import User
from triage.cases import listing, rules
from triage.cases.actions import kept_ready, locks
from triage.cases.actions.claims import Claimed
from triage.cases.listing import UNASSIGNED, Filters
from triage.cases.models import Case
from triage.queues.models import Queue

_TRIES: Final = 8


def claim_next(*, queues: Iterable[Queue], by: User, among: Filters | None = None) -> Claimed | None:
    """Claim the most pressing open case of these queues; None when there is none.

    Those assigned to ``by`` come first, then those of no person; those of others are not offered.
    Most pressing: highest priority, then soonest due, then oldest. Cases that are being claimed at this moment are
    skipped, and so are those about a record that is being worked. ``among`` narrows and orders them as a list does:
    at most ``listing.BUDGET`` cases are looked at. Raises Denied for a queue not theirs, Stale when the person holds as
    many cases as these queues allow.
    """
    now = timezone.now()
    wanted = list(queues)
    for queue in wanted:
        permissions.require(by, "cases.work_queue", queue, to=f"work the queue “{queue}”")
    with log.transaction(by=by, purpose="claim"):
        locks.lock_person(by)
        kept_ready.give_back(by)
        allowed = _within_limits(wanted, locks.held_by(by, now))
        return take_next(queues=allowed, among=among, by=by, now=now)


def take_next(
    *, queues: list[Queue], among: Filters | None, by: User, now: dt.datetime, ahead: dt.timedelta | None = None
) -> Claimed | None:
    """Claim the next case in the caller's transaction and log it. ``ahead``: the lease of a claim ahead.

    The caller has locked the person and counted what they hold. Raises Denied for a queue not theirs, Stale.
    """
    for queue in queues:
        permissions.require(by, "cases.work_queue", queue, to=f"work the queue “{queue}”")
    locks.sweep(now)
    for _ in range(_TRIES):
        found = _take_next([queue.pk for queue in queues], among, by, now, ahead)
        if found is None:
            return None
        if found.expires_at > now:
            facts = {"queue": found.case.queue.slug, "until": str(found.expires_at), "next": True}
            log.record("case.claimed_ahead" if ahead else "case.claimed", subject=found.case, by=by, facts=facts)
            return found
    raise Stale("Others are claiming the same cases at this moment. Try again.")


def _within_limits(queues: list[Queue], held: int) -> list[Queue]:
    """Those queues of which a person who holds so many cases may claim one more. Raises Stale for none of them."""
    allowed = [queue for queue in queues if rules.hold_more(held, limit=queue.hold_limit)]
    if queues and not allowed:
        rules.hold_more(held, limit=max(queue.hold_limit for queue in queues)).require()
    return allowed


def _take_next(
    queues: list[int], among: Filters | None, by: User, now: dt.datetime, ahead: dt.timedelta | None
) -> Claimed | None:
    """Claim a candidate. Its lease is ``now`` itself when a sibling was claimed in the same instant: look again."""
    candidate, values = _candidate(queues, among, by, now)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(candidate + _TAKE, values | {"me": by.pk, "now": now, "lease": ahead, "ahead": bool(ahead)})
        row = cursor.fetchone()
        if row is None:
            return None
        missing, columns = row[0], dict(zip(_CASE_COLUMNS, row[2:], strict=True))
        case, expires_at = _case(columns), row[1]
        if missing:
            transaction.set_rollback(True)
            expires_at = now
    return Claimed(case, expires_at)


def _candidate(queues: list[int], among: Filters | None, by: User, now: dt.datetime) -> tuple[str, dict[str, Any]]:
    """SQL that locks the next case, and its values."""
    if among is None or among.plain:
        return _FIRST_OF.format(mine=_MINE, free=_MOST_PRESSING), {"queues": queues}
    wanted = replace(among, queues=tuple(queues), state="open", only=None)
    mine = _in_list(wanted, by.pk, now) if among.assignee in {None, by.pk} else None
    free = _in_list(wanted, UNASSIGNED, now) if among.assignee in {None, UNASSIGNED} else None
    sql = _FIRST_OF.format(mine=mine[0] if mine else _NONE, free=free[0] if free else _NONE)
    return sql, {"queues": queues} | (free[1] if free else {}) | (mine[1] if mine else {})


def _in_list(wanted: Filters, assignee: int, now: dt.datetime) -> tuple[str, dict[str, Any]]:
    """SQL that locks the next case of a list among those assigned to a person or to none, and its values."""
    scan = listing.scan(replace(wanted, assignee=assignee), now=now)
    whose = "c.assignee_id = %(me)s" if assignee else "c.assignee_id IS NULL"
    return _IN_LIST.format(scan=scan.passed, order=scan.order, whose=whose), scan.values


def _case(values: dict[str, Any]) -> Case:
    queue = Queue(**{name.removeprefix("queue__"): values.pop(name) for name in list(values) if "__" in name})
    return Case(**values, queue=queue)


_CASE_FIELDS = [field.attname for field in Case._meta.concrete_fields if field.attname != "queue_id"]
_QUEUE_FIELDS = [field.attname for field in Queue._meta.concrete_fields]
_CASE_COLUMNS = [*_CASE_FIELDS, *(f"queue__{name}" for name in _QUEUE_FIELDS)]

# Open, about no record that is being worked, and not sent to its queue by a decision of the person who asks, nor by one
# that contradicts theirs, and not one that they asked to defer past the cutover.
# Counts, not NOT EXISTS: a count is looked up for one case after the other, a join could read everything first.
_CLAIMABLE = """
c.state = 'open'
AND (SELECT count(*) FROM cases_heldrecord AS h WHERE h.record_key = ANY (c.record_keys)) = 0
AND (SELECT count(*) FROM cases_decision AS d
     WHERE d.case_id = c.id AND (d.details ->> 'escalated_to')::bigint = c.queue_id
       AND (d.by_id = %(me)s OR d.details -> 'contradicted_by' @> to_jsonb(%(me)s::bigint))) = 0
AND (c.proposal_id IS NULL OR (SELECT d.by_id FROM cases_decision AS d WHERE d.id = c.proposal_id) <> %(me)s)
"""
# Straight from the index of what is assigned to the person: adding 0 leaves the planner no other.
_MINE = f"""
SELECT c.id, c.queue_id FROM cases_case AS c
WHERE c.assignee_id = %(me)s AND c.queue_id + 0 = ANY (%(queues)s::bigint[]) AND {_CLAIMABLE}
ORDER BY c.priority DESC, c.due_at, c.id LIMIT 1 FOR UPDATE SKIP LOCKED
"""
# One candidate a queue straight from the index, the best of them taken. Rows others hold are skipped, never awaited.
_MOST_PRESSING = f"""
SELECT best.id, best.queue_id
FROM unnest(%(queues)s::bigint[]) AS wanted (id) CROSS JOIN LATERAL (
    SELECT c.id, c.queue_id, c.priority, c.due_at FROM cases_case AS c
    WHERE c.queue_id = wanted.id AND c.assignee_id IS NULL AND {_CLAIMABLE}
    ORDER BY c.priority DESC, c.due_at, c.id LIMIT 1 FOR UPDATE SKIP LOCKED
) AS best
ORDER BY best.priority DESC, best.due_at, best.id LIMIT 1
"""
# As the list reads its rows, from the top.
_IN_LIST = f"""
SELECT c.id, c.queue_id
FROM ({{scan}}) AS listed JOIN cases_case AS c ON c.id = listed.id
WHERE {{whose}} AND {_CLAIMABLE}
ORDER BY {{order}} LIMIT 1 FOR UPDATE OF c SKIP LOCKED
"""
_NONE = "SELECT NULL::bigint AS id, NULL::bigint AS queue_id WHERE false"
# What is assigned to the person, then what is assigned to none: the second is looked for only without the first.
_FIRST_OF = """
WITH mine AS MATERIALIZED ({mine}), free AS MATERIALIZED ({free}), candidate AS MATERIALIZED (
    SELECT id, queue_id FROM mine
    UNION ALL SELECT id, queue_id FROM free WHERE NOT EXISTS (SELECT 1 FROM mine)
)
"""
_TAKE = f"""
, taken AS (
    UPDATE cases_case AS c SET state = 'claimed' FROM candidate
    WHERE c.id = candidate.id AND c.state = 'open' RETURNING c.*
), held AS (
    INSERT INTO cases_heldrecord (record_key, case_id)
    SELECT DISTINCT k.record_key, taken.id FROM taken, unnest(taken.record_keys) AS k (record_key) ORDER BY 1
    ON CONFLICT (record_key) DO NOTHING RETURNING 1
), claimed AS (
    INSERT INTO cases_claim (case_id, by_id, taken_at, expires_at, ahead)
    SELECT taken.id, %(me)s, %(now)s, %(now)s + coalesce(%(lease)s, make_interval(secs => q.lease_seconds)), %(ahead)s
    FROM taken JOIN cases_queue AS q ON q.id = taken.queue_id RETURNING expires_at
)
SELECT (SELECT count(DISTINCT k) FROM unnest(taken.record_keys) AS k) - (SELECT count(*) FROM held),
       (SELECT expires_at FROM claimed),
       {", ".join(f"taken.{name}" for name in _CASE_FIELDS)}, {", ".join(f"q.{name}" for name in _QUEUE_FIELDS)}
FROM taken JOIN cases_queue AS q ON q.id = taken.queue_id
"""
