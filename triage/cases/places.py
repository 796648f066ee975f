"""Where a case stands in a list that is worked: “3 of 28”. Counted to a thousand; the budget of lists holds."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection

from triage.cases import listing
from triage.cases.listing import CAP, Filters, Key
from triage.cases.models import Case
from triage.cases.rows import COLUMNS
from triage.cases.scans import Scan


@dataclass(frozen=True, slots=True)
class Standing:
    """The place of a case among those of a list that are open or claimed. ``more``: there may be more than ``of``."""

    at: int
    of: int
    more: bool

    @property
    def words(self) -> str:
        """As a page says it: "3 of 28", "3 of 1,000+"."""
        beyond = self.more and self.at > self.of
        return f"{min(self.at, self.of):,}{'+' * beyond} of {self.of:,}{'+' * self.more}"


def standing(filters: Filters, case: Case, *, now: dt.datetime) -> Standing | None:
    """Where a case stands in a list of open cases; None when the list does not have it. One query.

    Claimed cases keep their place: there are as many as people hold, and they are looked at one by one.
    """
    looked = CAP if filters.by_index else listing.BUDGET
    scan = listing.scan(filters, looked=looked, now=now)
    before = _BEFORE[filters.order]
    sql = _STANDING.format(looked=scan.sql, tests=scan.tests, all_tests=_tests(filters, scan), before=before)
    with connection.cursor() as cursor:
        cursor.execute(sql, scan.values | _key(case))
        here, read, matching, ahead, claimed, claimed_ahead = cursor.fetchone()
    if not here:
        return None
    more = read >= looked
    return Standing(ahead + claimed_ahead + 1, min(matching, CAP - 1) + claimed, more)


def has(filters: Filters, case: Case, *, now: dt.datetime) -> bool:
    """Whether a list has a case, whatever its state."""
    scan = listing.scan(filters, now=now)
    with connection.cursor() as cursor:
        cursor.execute(_HAS.format(tests=_tests(filters, scan)), scan.values | _key(case))
        return bool(cursor.fetchone()[0])


def beside(filters: Filters, case: Case, *, forward: bool, now: dt.datetime) -> int | None:
    """The number of the case next to one in a list, after or before it; None at its end."""
    key = Key(case.priority, case.due_at, case.pk)
    scan = listing.scan(filters, key=key, forward=forward, now=now)
    sql = _BESIDE.format(
        scan=scan.passed, all_tests=_tests(filters, scan), side=_BEFORE[filters.order], order=scan.order
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, scan.values | _key(case) | {"forward": forward})
        row = cursor.fetchone()
    return int(row[0]) if row else None


def _tests(filters: Filters, scan: Scan) -> str:
    """SQL of every condition of a list but the state, for one case, called ``looked`` where it is read."""
    found = [scan.tests, "queue_id = ANY(%(queues)s::bigint[])", *filters.assigned]
    if filters.overdue:
        found.append("due_at < %(now)s")
    if filters.severity:
        found.append("severity = %(severity)s")
    return " AND ".join(found)


def _key(case: Case) -> dict[str, Any]:
    return {"case": case.pk, "at_priority": case.priority, "at_due": case.due_at}


#: What stands before the case in each order.
_BEFORE: Final = {
    "priority": "(-priority, due_at, id) < (-%(at_priority)s, %(at_due)s, %(case)s)",
    "due": "(due_at, id) < (%(at_due)s, %(case)s)",
    "newest": "id > %(case)s",
}
_CLAIMED: Final = f"""
SELECT {", ".join(f"c.{name}" for name in COLUMNS)}
FROM cases_claim AS l JOIN cases_case AS c ON c.id = l.case_id WHERE c.state = 'claimed'
"""
_HAS: Final = """
SELECT EXISTS (SELECT 1 FROM cases_case AS looked WHERE id = %(case)s AND {tests})
"""
_STANDING: Final = f"""
SELECT (SELECT count(*) FROM cases_case AS looked
        WHERE id = %(case)s AND state IN ('open', 'claimed') AND {{all_tests}}),
       o.*, c.*
FROM (SELECT count(*), count(*) FILTER (WHERE {{tests}}), count(*) FILTER (WHERE {{tests}} AND {{before}})
      FROM ({{looked}}) AS looked) AS o
CROSS JOIN (SELECT count(*), count(*) FILTER (WHERE {{before}})
            FROM ({_CLAIMED}) AS looked WHERE {{all_tests}}) AS c
"""
_BESIDE: Final = f"""
SELECT listed.id FROM (
    (SELECT * FROM ({{scan}}) AS listed ORDER BY {{order}} LIMIT 1)
    UNION ALL
    SELECT * FROM ({_CLAIMED}) AS looked
    WHERE id <> %(case)s AND ({{side}}) <> %(forward)s AND {{all_tests}}
) AS listed ORDER BY {{order}} LIMIT 1
"""
