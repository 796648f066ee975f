"""Lists of cases: filters, order, and pages by key, at the same cost on the first page and the ten-thousandth.

Whatever an index answers is asked of it queue by queue and merged. Filters no index answers (wave, domain, reason,
facility, and the run or source that reported a case) are put to the next ``BUDGET`` cases in order; when those are used
up before the page is full, the page says so and its cursor goes on from there. No list ever scans a queue. Unresolved
critical cases of a wave, on which gates rest, have an index of their own: three of them are found among a million.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from django.db import connection

from console import keyset
from console.keyset import TOP, Page, Place
from triage.cases.models import PAST_CUTOVER, State
from triage.cases.rows import COLUMNS, Row
from triage.cases.scans import Scan
from triage.queues.models import Severity
from triage.queues.routing import BASE
from triage.runs import facilities

BUDGET = 10_000
CAP = 1001
GROUPS: dict[str, tuple[str, ...]] = {
    **{state.value: (state.value,) for state in State},
    "unresolved": State.UNRESOLVED,
    "active": State.UNRESOLVED,
    "settled": State.SETTLED,
    "all": tuple(State.values),
    PAST_CUTOVER: (State.DEFERRED.value,),
}
#: As ``Filters.assignee``: cases that are assigned to no person.
UNASSIGNED: Final = 0
SORTS = {"priority": "Highest priority first", "due": "Due date, earliest first", "newest": "Newest first"}


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list shows, and in which order. ``only`` narrows it to given cases (the claimed ones).

    ``runs``: cases that one of these runs reported, whichever opened them. ``assignee``: cases assigned to that person.
    """

    queues: tuple[int, ...]
    state: str = "open"
    severity: Severity | None = None
    wave: int | None = None
    reason: str = ""
    domain: str = ""
    facility: str = ""
    overdue: bool = False
    only: tuple[int, ...] | None = None
    runs: tuple[int, ...] | None = None
    assignee: int | None = None
    sort: str = "priority"

    @property
    def order(self) -> str:
        """The order that applies: only open cases wait in an order of their own, all others stand newest first."""
        if self.overdue:
            return "due"
        return self.sort if GROUPS[self.state] == (State.OPEN.value,) and self.only is None else "newest"

    @property
    def by_index(self) -> bool:
        """True when an index answers every filter."""
        free = self.wave is not None or self.reason or self.domain or self.facility or self.runs is not None
        return not free and (self.severity is None or self.order == "priority")

    @property
    def assigned(self) -> list[str]:
        """SQL of whose cases it shows, for columns without a prefix."""
        if self.assignee is None:
            return []
        return ["assignee_id = %(assignee)s" if self.assignee else "assignee_id IS NULL"]

    @property
    def plain(self) -> bool:
        """True when it shows whole queues in their own order."""
        return self == Filters(self.queues)

    @property
    def high_severity(self) -> bool:
        """True for unresolved critical cases of one wave, the newest first: these are asked of their own index."""
        critical = self.wave is not None and self.severity == Severity.CRITICAL
        return critical and self.order == "newest" and GROUPS[self.state] == State.UNRESOLVED and self.only is None


class Key(NamedTuple):
    """A case's place in each of the orders: what a cursor says."""

    priority: int
    due_at: dt.datetime
    id: int


#: How cursors are written and read, whatever the list is sorted by.
CURSORS: Final = keyset.Order(keyset.number("priority"), keyset.moment("due_at"), keyset.number("id"))


@dataclass(frozen=True, slots=True)
class Listed(Page[Row]):
    """A page of cases. ``exhausted``: the budget ended before the page was full."""

    exhausted: bool = False


def page(filters: Filters, *, place: Place = TOP, size: int = keyset.PAGE, now: dt.datetime) -> Listed:
    """One page from a place on. One query; one more when filters that no index answers leave it short.

    Raises Invalid for a cursor that no list of cases has written.
    """
    forward, cursor = not place.before, place.before or place.after
    key = Key(*CURSORS.parse(cursor)) if cursor else None
    rows = _fetch(filters, key, forward=forward, size=size, now=now)
    found = keyset.turned(rows, CURSORS.cursor, place, size=size)
    boundary = "" if len(rows) > size else _boundary(filters, key, forward=forward, now=now)
    following, previous = (boundary or found.next, found.before) if forward else (found.next, boundary or found.before)
    return Listed(found.items, following, previous, found.first, exhausted=bool(boundary))


def counted(filters: Filters, *, now: dt.datetime) -> tuple[int, bool]:
    """How many cases match, counted to at most 1,000, and whether there may be more than that."""
    found = _fetch(filters, None, forward=True, size=CAP - 1, now=now)
    return min(len(found), CAP - 1), len(found) >= CAP or bool(_boundary(filters, None, forward=True, now=now))


_ORDERS = {
    "priority": ("priority DESC, due_at, id", "priority, due_at DESC, id DESC"),
    "due": ("due_at, id", "due_at DESC, id DESC"),
    "newest": ("id DESC", "id"),
}


def _fetch(filters: Filters, key: Key | None, *, forward: bool, size: int, now: dt.datetime) -> list[Row]:
    """Up to ``size`` + 1 rows from a place on. No more cases are looked at than it takes to find them."""
    order = _ORDERS[filters.order][0 if forward else 1]
    sql = f"""
        SELECT {", ".join(COLUMNS)} FROM ({_looked(filters, key, forward=forward)}) AS looked
        WHERE {_unindexed(filters)} ORDER BY {order} LIMIT %(size)s
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, _values(filters, key, size=size, now=now))
        return [Row(*row) for row in cursor.fetchall()]


def _boundary(filters: Filters, key: Key | None, *, forward: bool, now: dt.datetime) -> str:
    """The last place that the budget reaches, as a cursor; "" when there are fewer cases, or an index answers all."""
    if filters.by_index:
        return ""
    order = _ORDERS[filters.order][0 if forward else 1]
    looked = _looked(filters, key, forward=forward)
    sql = f"SELECT priority, due_at, id FROM ({looked}) AS looked ORDER BY {order} OFFSET {BUDGET - 1} LIMIT 1"
    with connection.cursor() as cursor:
        cursor.execute(sql, _values(filters, key, size=0, now=now))
        row = cursor.fetchone()
    return CURSORS.cursor(Key(*row)) if row else ""


def _values(filters: Filters, key: Key | None, *, size: int, now: dt.datetime) -> dict[str, Any]:
    values: dict[str, Any] = {
        "now": now,
        "size": size + 1,
        "looked": size + 1 if filters.by_index else BUDGET,
        "only": list(filters.only or ()),
        "wave": filters.wave,
        "reason": [filters.reason, filters.reason.strip().lower().replace(" ", "_")],  # by code or label
        "domain": filters.domain,
        "facility": [facilities.word(filters.facility)],
        "runs": list(filters.runs or ()),
        "queues": list(filters.queues),
        "severity": filters.severity,
        "assignee": filters.assignee,
    }
    if filters.severity:
        values |= {"least": filters.severity * BASE, "most": filters.severity * BASE + BASE - 1}
    if key:
        values |= {"priority": key.priority, "due": key.due_at, "id": key.id}
    return values


def _looked(filters: Filters, key: Key | None, *, forward: bool) -> str:
    """SQL of the cases from a place on, in order, as far as the indexes answer.

    One ordered scan for each queue and state, merged by PostgreSQL (MergeAppend), which then reads from each scan no
    more rows than the page takes from it. Joined laterally instead, each scan would be read to the limit.
    """
    scope = " AND c.past_cutover" if filters.state == PAST_CUTOVER else ""
    if filters.only is not None:
        scope += " AND c.id = ANY(%(only)s::bigint[])"
    if filters.overdue:
        scope += " AND c.due_at < %(now)s"
    if filters.severity and filters.order == "priority":
        scope += " AND c.priority BETWEEN %(least)s AND %(most)s"
    columns = ", ".join(f"c.{name}" for name in COLUMNS)
    places = [*_GRAVE] if filters.high_severity else list(_places(filters)) or ["false"]
    ranges = []
    for bound, inner in _branches(filters.order, key, forward=forward):
        ordered = f"ORDER BY {inner} LIMIT %(looked)s"
        scans = " UNION ALL ".join(
            f"(SELECT {columns} FROM cases_case AS c WHERE {place}{scope}{bound} {ordered})" for place in places
        )
        ranges.append(f"(SELECT * FROM ({scans}) AS scans {ordered})")
    order = _ORDERS[filters.order][0 if forward else 1]
    return f"SELECT * FROM ({' UNION ALL '.join(ranges)}) AS ranges ORDER BY {order} LIMIT %(looked)s"


def _places(filters: Filters) -> Iterator[str]:
    """The ranges of the indexes that hold the cases of a list: by person, or by queue and state.

    Open cases have an index for those that are assigned and one for the others.
    """
    if filters.assignee:
        for state in GROUPS[filters.state]:
            # Adding 0 leaves the planner no index but that of whose they are.
            yield f"{_ASSIGNED} AND c.state = '{State(state)}' AND c.queue_id + 0 = ANY(%(queues)s::bigint[])"
        return
    free, theirs = "c.assignee_id IS NULL", "c.assigned_at IS NOT NULL"
    for queue in filters.queues:
        for state in GROUPS[filters.state]:
            place = f"c.queue_id = {int(queue)} AND c.state = '{State(state)}'"
            if filters.assignee == UNASSIGNED:
                yield f"{place} AND {free}"
            elif filters.order == "newest":
                yield place
            else:
                yield f"{place} AND {free}"
                yield f"{place} AND {theirs}"


_ASSIGNED: Final = "c.assignee_id = %(assignee)s"
# As the conditions of the indexes say it (Case.Meta), so that the planner sees that they answer.
_CRITICAL = f"c.severity = {Severity.CRITICAL} AND c.state IN {State.sql(State.UNRESOLVED)}"
_SHARED = "c.further_waves @> ARRAY[%(wave)s]::bigint[] AND c.further_waves IS NOT NULL"
_GRAVE = (f"c.wave_id = %(wave)s AND {_CRITICAL}", f"{_SHARED} AND {_CRITICAL}")


def _branches(order: str, key: Key | None, *, forward: bool) -> Sequence[tuple[str, str]]:
    """Conditions beyond a key with their order, one for each range of the index they are answered from."""
    inner = _ORDERS[order][0 if forward else 1]
    if key is None:
        return [("", inner)]
    beyond = ">" if forward else "<"
    if order == "newest":
        return [(f" AND c.id {'<' if forward else '>'} %(id)s", inner)]
    if order == "due":
        return [(f" AND (c.due_at, c.id) {beyond} (%(due)s, %(id)s)", inner)]
    # Priority falls while due times rise: one range for the rest of this priority, one for those beyond it.
    rest = f" AND c.priority = %(priority)s AND (c.due_at, c.id) {beyond} (%(due)s, %(id)s)"
    others = f" AND c.priority {'<' if forward else '>'} %(priority)s"
    return [(rest, _ORDERS["due"][0 if forward else 1]), (others, inner)]


# A scalar subquery is always answered by the index on case and run, case by case; a semi-join would be the planner's
# to choose. Adding 0 looks the few runs of a case up among those asked for, and not each of these in the index.
_REPORTED: Final = """(
    SELECT true FROM cases_occurrence AS o
    WHERE o.case_id = looked.id AND o.run_id + 0 = ANY(%(runs)s::bigint[]) LIMIT 1)"""


def _unindexed(filters: Filters) -> str:
    tests = ["true"]
    if filters.wave is not None:
        tests.append("(wave_id = %(wave)s OR %(wave)s = ANY(further_waves))")
    if filters.reason:
        tests.append("reasons && %(reason)s::varchar[]")
    if filters.domain:
        tests.append("domain = %(domain)s")
    if filters.facility:
        tests.append("facilities && %(facility)s::varchar[]")
    if filters.runs is not None:
        tests.append(_REPORTED)
    if filters.high_severity:
        tests += ["queue_id = ANY(%(queues)s::bigint[])", *filters.assigned]
    if filters.severity and filters.order != "priority":
        tests.append("severity = %(severity)s")
    return " AND ".join(tests)


def scan(
    filters: Filters, *, key: Key | None = None, forward: bool = True, looked: int | None = None, now: dt.datetime
) -> Scan:
    """The cases that a list shows from a place on, for use in other queries. Nothing is read beyond what they take."""
    order = _ORDERS[filters.order][0 if forward else 1]
    return Scan(
        sql=_looked(filters, key, forward=forward),
        values=_values(filters, key, size=0, now=now) | {"looked": looked or BUDGET},
        tests=_unindexed(filters),
        order=", ".join(f"listed.{part}" for part in order.split(", ")),
    )
