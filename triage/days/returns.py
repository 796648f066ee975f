"""The sources of "Due soon or back to you" that cases themselves have: assigned, due soon, came back, resumed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.db import connection
from django.urls import reverse
from django.utils import timezone

from console.capabilities.parts import Look
from console.people import permissions
from console.people.models import User
from console.ui import dates
from console.ui.text import plural
from triage.cases import kinds
from triage.cases.kinds import Then
from triage.cases.models import MigrationException
from triage.days.back import MOST, Row
from triage.queues import queries as queue_queries

#: What is due within this time, or was, is due soon.
SOON: Final = dt.timedelta(hours=2)
#: Of a person's decisions so many are looked at for what came back.
_LATEST: Final = 10_000
_FIELDS_NAMED: Final = 3
_ASSIGNED: Final = Look("Assigned to you", "user-check", "info")
_DUE: Final = Look("Due soon", "clock-alert", "high")
_OVERDUE: Final = Look("Overdue", "alarm-clock", "alarm")
_BACK: Final = Look("Came back", "rotate-ccw", "special")
_WOKE: Final = Look("Resumed", "alarm-clock-check", "outline")
_ANSWERED: Final = Look("Resumed", "message-circle-reply", "info")


def assigned(person: User, now: dt.datetime) -> list[Row]:
    """Open cases that are assigned to this person, in the order in which they are offered, and by whom."""
    values = {"queues": _worked(person), "me": person.pk, "most": MOST}
    return [
        Row(
            ref=f"EX-{row['id']}",
            url=_url(row["id"]),
            look=_ASSIGNED,
            text=f"{_about(row)}{_from(row)}; due {dates.clock(row['due_at'])}",
            action="Claim",
            claims=True,
        )
        for row in _rows(_ASSIGNED_TO_ME, values)
    ]


def due_soon(person: User, now: dt.datetime) -> list[Row]:
    """Open cases of the queues that this person works and that are no one's, first due first.

    None that they may not decide there.
    """
    values = {"queues": _worked(person), "soon": now + SOON, "me": person.pk, "most": MOST}
    return [
        Row(
            ref=f"EX-{row['id']}",
            url=_url(row["id"]),
            look=_OVERDUE if row["due_at"] < now else _DUE,
            text=f"{_about(row)}; due {dates.clock(row['due_at'])}",
            action="Claim",
            claims=True,
        )
        for row in _rows(_DUE_SOON, values)
    ]


def came_back(person: User, now: dt.datetime) -> list[Row]:
    """Open cases that a run reopened after this person had decided them, and what changed."""
    rows = list(_rows(_CAME_BACK, _mine(person)))
    wanted = [row[side] for row in rows for side in ("before_exception_id", "after_exception_id")]
    lines = dict(MigrationException.objects.filter(pk__in=wanted).values_list("pk", "payload"))
    return [
        Row(
            ref=f"EX-{row['id']}",
            url=_url(row["id"]),
            look=_BACK,
            text=f"you {_past(row)} on {_day(row)}; {_why_back(row, lines)}",
            action="See what changed",
        )
        for row in rows
    ]


def resumed(person: User, now: dt.datetime) -> list[Row]:
    """Open cases that this person had deferred, or had asked about, and that no one has decided since."""
    rows = _rows(_RESUMED, _mine(person) | {"deferring": _verdicts(Then.DEFER), "asking": _verdicts(Then.ASK)})
    return [
        Row(
            ref=f"EX-{row['id']}",
            url=_url(row["id"]),
            look=_ANSWERED if row["asked"] else _WOKE,
            text=f"you {_past(row)} on {_day(row)}; it is open again",
        )
        for row in rows
    ]


def _mine(person: User) -> dict[str, Any]:
    queues = [queue.pk for queue in queue_queries.visible_queues(person)]
    return {"queues": queues, "me": person.pk, "most": MOST, "latest": _LATEST}


def _worked(person: User) -> list[int]:
    works = (queue for queue in queue_queries.active_queues() if permissions.may(person, queue_queries.WORK, queue))
    return [queue.pk for queue in works]


def _verdicts(then: Then) -> list[str]:
    """The codes of the verdicts of all kinds that do this to a case."""
    return sorted({verdict.code for kind in kinds.registered() for verdict in kind.verdicts if verdict.then == then})


def _rows(sql: str, values: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        names = [column.name for column in cursor.description or ()]
        yield from (dict(zip(names, row, strict=True)) for row in cursor.fetchall())


def _about(row: Mapping[str, Any]) -> str:
    """What a case is about, as lists say it: no value of a patient."""
    said = [reason.replace("_", " ") for reason in row["reasons"][:2]]
    return ", ".join([plural(row["size"], "record"), *said])


def _from(row: Mapping[str, Any]) -> str:
    return f", from {row['who']}" if row["who"] else ""


def _past(row: Mapping[str, Any]) -> str:
    spec = kinds.verdict_of(row["kind"], row["verdict"])
    return spec.past if spec else "decided it"


def _day(row: Mapping[str, Any]) -> str:
    return dates.day(timezone.localtime(row["decided_at"]).date())


def _why_back(row: Mapping[str, Any], lines: Mapping[int, str]) -> str:
    if row["cause"] == "applied_but_reported":
        return "a run that applied the decision reports it again"
    before, after = lines.get(row["before_exception_id"]), lines.get(row["after_exception_id"])
    kind = kinds.find(row["kind"])
    fields = kind.differences(before.encode(), after.encode()) if kind and before and after else []
    if not fields:
        return "it was reported again"
    named = ", ".join(one.replace("_", " ") for one in fields[:_FIELDS_NAMED])
    more = len(fields) - _FIELDS_NAMED
    return f"changed since: {named}{f' and {more} more' if more > 0 else ''}"


def _url(case: int) -> str:
    return reverse("cases:case", args=[f"EX-{case}"])


_ASSIGNED_TO_ME: Final = """
SELECT c.id, c.due_at, c.size, c.reasons,
       (SELECT u.name FROM cases_handover AS h JOIN people_user AS u ON u.id = h.by_id
        WHERE h.case_id = c.id ORDER BY h.id DESC LIMIT 1) AS who
FROM cases_case AS c
WHERE c.assignee_id = %(me)s AND c.state = 'open' AND c.queue_id + 0 = ANY(%(queues)s::bigint[])
ORDER BY c.priority DESC, c.due_at, c.id LIMIT %(most)s
"""
_DUE_SOON: Final = """
SELECT near.* FROM unnest(%(queues)s::bigint[]) AS wanted (id) CROSS JOIN LATERAL (
    SELECT c.id, c.due_at, c.size, c.reasons FROM cases_case AS c
    WHERE c.queue_id = wanted.id AND c.state = 'open' AND c.assignee_id IS NULL AND c.due_at < %(soon)s
      AND NOT EXISTS (
          SELECT 1 FROM cases_decision AS d
          WHERE d.case_id = c.id AND (d.details ->> 'escalated_to')::bigint = c.queue_id
            AND (d.by_id = %(me)s OR d.details -> 'contradicted_by' @> to_jsonb(%(me)s::bigint)))
    ORDER BY c.due_at, c.id LIMIT %(most)s
) AS near
ORDER BY near.due_at, near.id LIMIT %(most)s
"""
_LATEST_OF_MINE: Final = """
WITH mine AS MATERIALIZED (
    SELECT d.id, d.case_id, d.role, d.verdict, d.decided_at FROM cases_decision AS d
    WHERE d.by_id = %(me)s ORDER BY d.id DESC LIMIT %(latest)s
)
"""
_STILL_OPEN: Final = "c.state = 'open' AND c.queue_id = ANY(%(queues)s)"
_CAME_BACK: Final = f"""
{_LATEST_OF_MINE}
SELECT c.id, c.kind, m.verdict, m.decided_at, o.cause, o.before_exception_id, o.after_exception_id
FROM mine AS m JOIN cases_reopening AS o ON o.decision_id = m.id JOIN cases_case AS c ON c.id = m.case_id
WHERE {_STILL_OPEN} AND NOT EXISTS (
    SELECT 1 FROM cases_decision AS since
    WHERE since.case_id = c.id AND since.decided_at > o.at AND since.role <> 'reversal')
ORDER BY o.at DESC, o.id DESC LIMIT %(most)s
"""
_RESUMED: Final = f"""
{_LATEST_OF_MINE}
SELECT c.id, c.kind, m.verdict, m.decided_at, m.verdict = ANY(%(asking)s) AS asked
FROM mine AS m JOIN cases_case AS c ON c.id = m.case_id
WHERE (m.verdict = ANY(%(deferring)s) OR m.verdict = ANY(%(asking)s)) AND {_STILL_OPEN}
  AND NOT EXISTS (SELECT 1 FROM cases_decision AS since WHERE since.case_id = c.id AND since.id > m.id)
ORDER BY m.id DESC LIMIT %(most)s
"""
