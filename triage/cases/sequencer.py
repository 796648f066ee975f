"""The sequencer: gives released decisions their positions in the feed, one transaction at a time.

Positions are assigned under one lock and become visible together at its commit, in order and without gaps. A reader
that asks for what comes after its last position therefore misses nothing, however late a decision committed.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import connection
from django.utils import timezone

from console.audit import log
from console.people.models import User
from triage.cases.models import FeedItem

BATCH = 200
_LOCK = 0x46454544


@dataclass(frozen=True, slots=True)
class Released:
    """The positions that one batch was given, inclusive; both 0 when nothing was due."""

    first: int
    last: int

    @property
    def count(self) -> int:
        """How many decisions were released."""
        return self.last - self.first + 1 if self.last else 0


def release(*, by: User, now: dt.datetime | None = None, limit: int = BATCH) -> Released:
    """Release up to ``limit`` decisions whose time has come. Nothing happens while another sequencer is at work.

    A case that is being changed at this moment is left for the next batch: its decision may be about to be undone.
    """
    moment = now or timezone.now()
    with log.transaction(by=by, purpose="release"), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            return Released(0, 0)
        cursor.execute(_DUE, {"now": moment, "limit": limit})
        due = cursor.fetchall()
        if not due:
            return Released(0, 0)
        decisions = [decision for decision, _ in due]
        cases = sorted({case for _, case in due})
        cursor.execute(_POSITIONS, {"decisions": decisions, "now": moment})
        first, last = cursor.fetchone()
        cursor.execute(_RELEASE_CASES, {"decisions": decisions, "cases": cases})
        cursor.execute("DELETE FROM cases_releasedue WHERE decision_id = ANY(%s)", [decisions])
        facts = {"first": first, "last": last, "decisions": decisions}
        log.record("feed.released", subject=FeedItem(position=last), by=by, facts=facts)
    return Released(first, last)


_DUE = """
SELECT r.decision_id, d.case_id
FROM cases_releasedue AS r
JOIN cases_decision AS d ON d.id = r.decision_id
JOIN cases_case AS c ON c.id = d.case_id
WHERE r.release_at <= %(now)s
ORDER BY r.release_at, r.decision_id
LIMIT %(limit)s
FOR UPDATE OF c, r SKIP LOCKED
"""

_POSITIONS = """
WITH given AS (
    INSERT INTO cases_feeditem (position, decision_id, released_at)
    SELECT coalesce((SELECT max(position) FROM cases_feeditem), 0) + due.place, due.decision, %(now)s
    FROM unnest(%(decisions)s::bigint[]) WITH ORDINALITY AS due (decision, place)
    RETURNING position
)
SELECT min(position), max(position) FROM given
"""

# A held or reversed case has moved on already; only those still waiting for this very decision are released with it.
_RELEASE_CASES = """
UPDATE cases_case SET state = 'released'
WHERE id = ANY(%(cases)s::bigint[]) AND state = 'decided' AND decision_id = ANY(%(decisions)s::bigint[])
"""
