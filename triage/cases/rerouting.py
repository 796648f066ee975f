"""What routing rules would do to the cases that wait already: the dry run, and the SQL that applying starts from."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from django.db import connection

from triage.queues import plans, routing


@dataclass(frozen=True, slots=True)
class Move:
    """What the rules would move: how many open cases from one queue to another, the first and last of them."""

    from_queue: int
    to_queue: int
    cases: int
    first: str
    last: str

    @property
    def stays(self) -> bool:
        """True when only the priority changes."""
        return self.from_queue == self.to_queue


def for_cases(kind: str) -> plans.Plan:
    """The plan over open cases ``s`` joined to their wave ``w``. Raises Invalid when no active queue takes the kind."""
    plan = plans.read(kind, wave="", source="", now=dt.datetime.now(dt.UTC))
    route, parameters = routing.compile_rules(plans.rules(kind), row="s", wave="w.slug", source=_SOURCE)
    return plans.Plan(route, plan.parameters | parameters | {"kind": kind})


# The source of the line as last reported; looked up only for rules that ask for it.
_SOURCE: Final = """(
    SELECT o.name FROM cases_exception AS e JOIN runs_run AS r ON r.id = e.run_id JOIN runs_source AS o
        ON o.id = r.source_id
    WHERE e.id = s.latest_exception_id)"""


def misplaced(plan: plans.Plan) -> str:
    """SQL that begins with the open cases standing elsewhere than the rules would put them: (id, was, queue, rank)."""
    # Rules do not move cases that people transferred; their priority carries that mark.
    return f"""
        WITH routed AS (
            SELECT s.id, s.queue_id AS was, s.priority, s.severity, {plan.route} AS route
            FROM cases_case AS s JOIN waves_wave AS w ON w.id = s.wave_id
            WHERE s.kind = %(kind)s AND s.state = 'open' AND s.priority %% {routing.BASE} < {routing.HANDED_ON}
        ), placed AS (
            SELECT id, was, priority, (%(queues)s::bigint[])[(%(rule_queue)s::int[])[route]] AS queue,
                   severity * {routing.BASE} + (%(rule_priority)s::int[])[route] AS rank
            FROM routed
        ), misplaced AS (SELECT * FROM placed WHERE was <> queue OR priority <> rank)
    """


def dry_run(kind: str) -> list[Move]:
    """What applying the rules to the open cases of a kind would move; nothing is changed."""
    plan = for_cases(kind)
    with connection.cursor() as cursor:
        cursor.execute(
            misplaced(plan)
            + "SELECT was, queue, count(*), min(id), max(id) FROM misplaced GROUP BY 1, 2 ORDER BY 3 DESC",
            plan.parameters,
        )
        return [Move(was, to, cases, f"EX-{first}", f"EX-{last}") for was, to, cases, first, last in cursor.fetchall()]
