"""What changes here: the counts of queues are folded; a person lets go of all that they hold."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from django.db import connection, transaction
from django.utils import timezone

from console.audit import log
from console.people.models import User
from triage.cases.actions import kept_ready, locks
from triage.cases.models import Case, Claim, State
from triage.days.ages import OLDEST
from triage.days.forecast import DAYS

_FOLD_LOCK: Final = 0x464C4F57
_FOLD_ABOVE: Final = 64  # rows of deltas; below it a sum is quick enough and folding only makes churn
#: Hours before this are counted together: no page tells them apart. A day more, for zones ahead of UTC and behind it.
_KEPT: Final = max(OLDEST, dt.timedelta(days=DAYS + 1)) + dt.timedelta(days=1)
_ALL_BEFORE: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def fold_flow(*, now: dt.datetime | None = None) -> int:
    """Replace deltas of queues by their sums, by hour of opening and by hour; returns how many rows went.

    What pages show stays the same. The rows of a queue are then bounded, however long it is worked.
    """
    moment = now or timezone.now()
    values: dict[str, Any] = {"above": _FOLD_ABOVE, "before": moment - _KEPT, "long_ago": _ALL_BEFORE}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_FOLD_LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(_FOLD, values)
        return int(cursor.fetchone()[0])


def release_all(*, by: User) -> list[Case]:
    """Release every claim of this person, whose cases are open again; a case kept ready for them as well.

    One transaction, one entry a case. Returns the cases that they had claimed; one whose claim ends meanwhile is
    passed over.
    """
    now, released = timezone.now(), []
    with log.transaction(by=by, purpose="claim"):
        locks.lock_person(by)
        kept_ready.give_back(by)
        held = Claim.objects.filter(by=by, expires_at__gt=now).select_related("case").order_by("case_id")
        for claim in held:
            case = locks.lock(claim.case)
            holder = locks.holder(case)
            if holder is None or holder.user_id != by.pk:
                continue
            locks.let_go([case.pk])
            Case.objects.filter(pk=case.pk, state=State.CLAIMED).update(state=State.OPEN)
            log.record("case.given_back", subject=case, by=by)
            released.append(case)
    return released


# Rows that have both hours are those not folded yet. A queue's earliest hour tells since when it is counted: sums by
# hour are kept when they are nothing.
_FOLD = """
WITH enough AS (
    SELECT count(*) > %(above)s AS yes FROM (
        SELECT 1 FROM days_queueflow WHERE opened IS NOT NULL AND at IS NOT NULL LIMIT %(above)s + 1) AS few
), gone AS (
    DELETE FROM days_queueflow WHERE (SELECT yes FROM enough) RETURNING queue_id, opened, at, came, went
), aged AS (
    INSERT INTO days_queueflow (queue_id, opened, at, came, went)
    SELECT queue_id, CASE WHEN opened < %(before)s THEN %(long_ago)s ELSE opened END AS hour, NULL,
           sum(came - went), 0
    FROM gone WHERE opened IS NOT NULL GROUP BY queue_id, hour HAVING sum(came - went) <> 0
), flowed AS (
    INSERT INTO days_queueflow (queue_id, opened, at, came, went)
    SELECT queue_id, NULL, CASE WHEN at < %(before)s THEN %(long_ago)s ELSE at END AS hour, sum(came), sum(went)
    FROM gone WHERE at IS NOT NULL GROUP BY queue_id, hour
)
SELECT count(*) FROM gone
"""
