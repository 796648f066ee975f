"""Everything intake's SQL needs to route a chunk and say when its cases are due, read once a chunk."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import connection

from console.errors import Invalid
from triage.cases import routing, sla
from triage.cases.models import CaseKind, Queue, RoutingRule, Severity, SlaPolicy
from triage.cases.routing import BASE

__all__ = ["BASE", "Plan", "read"]


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


@dataclass(frozen=True, slots=True)
class Plan:
    """``route`` is SQL over a staged row ``s``: the number of its rule. Parameters hold the arrays it leads into."""

    route: str
    parameters: dict[str, Any]


def policies() -> list[sla.Policy]:
    """Every SLA policy, ready for ``sla.due_for``."""
    return [
        sla.Policy(
            policy.queue_id,
            policy.severity,
            policy.minutes,
            sla.calendar(policy.calendar.time_zone, policy.calendar.weekly, policy.calendar.holidays)
            if policy.calendar
            else None,
        )
        for policy in SlaPolicy.objects.select_related("calendar")
    ]


def rules(kind: str) -> list[routing.Rule]:
    """The active routing rules of a kind, in order; rules to queues that are not active are passed over."""
    found = RoutingRule.objects.filter(kind=kind, active=True, queue__active=True).order_by("order", "id")
    return [routing.Rule(rule.conditions, rule.queue_id, rule.priority) for rule in found]


def read(kind: CaseKind, *, wave: str, now: dt.datetime) -> Plan:
    """The plan for one kind and wave. Raises Invalid when no active queue takes the kind."""
    queues = list(Queue.objects.filter(kind=kind, active=True).order_by("order", "slug").values_list("pk", flat=True))
    if not queues:
        raise Invalid(f"No active queue takes cases of the kind “{CaseKind(kind).label}”. Make one, then retry.")
    asked = rules(kind)
    # A rule may name a queue of another kind's making; it still needs a place in the arrays.
    queues += sorted({rule.queue_id for rule in asked} - set(queues))
    place = {queue: number for number, queue in enumerate(queues, start=1)}
    route, parameters = routing.compile_rules(asked, row="s", wave="%(wave_slug)s::text")
    agreed = policies()
    return Plan(
        route,
        parameters
        | {
            "wave_slug": wave,
            "queues": queues,
            "rule_queue": [place[rule.queue_id] for rule in asked] + [1],
            "rule_priority": [rule.priority for rule in asked] + [0],
            "due": [sla.due_for(agreed, queue, severity, now) for queue in queues for severity in Severity.values],
        },
    )


def for_cases(kind: CaseKind) -> Plan:
    """The plan over open cases ``s`` joined to their wave ``w``. Raises Invalid when no active queue takes the kind."""
    plan = read(kind, wave="", now=dt.datetime.now(dt.UTC))
    route, parameters = routing.compile_rules(rules(kind), row="s", wave="w.slug")
    return Plan(route, plan.parameters | parameters | {"kind": str(kind)})


def misplaced(plan: Plan) -> str:
    """SQL that begins with the open cases standing elsewhere than the rules would put them: (id, was, queue, rank)."""
    # Only what people handed on to a queue is beyond the rules' reach; such cases carry that mark in their priority.
    return f"""
        WITH routed AS (
            SELECT s.id, s.queue_id AS was, s.priority, s.severity, {plan.route} AS route
            FROM cases_case AS s JOIN waves_wave AS w ON w.id = s.wave_id
            WHERE s.kind = %(kind)s AND s.state = 'open' AND s.priority %% {BASE} < {routing.HANDED_ON}
        ), placed AS (
            SELECT id, was, priority, (%(queues)s::bigint[])[(%(rule_queue)s::int[])[route]] AS queue,
                   severity * {BASE} + (%(rule_priority)s::int[])[route] AS rank
            FROM routed
        ), misplaced AS (SELECT * FROM placed WHERE was <> queue OR priority <> rank)
    """


def dry_run(kind: CaseKind) -> list[Move]:
    """What applying the rules to the open cases of a kind would move; nothing is changed."""
    plan = for_cases(kind)
    with connection.cursor() as cursor:
        cursor.execute(
            misplaced(plan)
            + "SELECT was, queue, count(*), min(id), max(id) FROM misplaced GROUP BY 1, 2 ORDER BY 3 DESC",
            plan.parameters,
        )
        return [Move(was, to, cases, f"EX-{first}", f"EX-{last}") for was, to, cases, first, last in cursor.fetchall()]
