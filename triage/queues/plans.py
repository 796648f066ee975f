"""What SQL needs to route many rows at once and to say when their cases are due: read once, then set-based."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from console.errors import Invalid
from triage.queues import kinds, routing, sla
from triage.queues.models import Queue, RoutingRule, Severity, SlaPolicy


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
            policy.calendar.hours if policy.calendar else None,
        )
        for policy in SlaPolicy.objects.select_related("calendar")
    ]


def rules(kind: str) -> list[routing.Rule]:
    """The active routing rules of a kind, in order; rules to queues that are not active are passed over."""
    found = RoutingRule.objects.filter(kind=kind, active=True, queue__active=True).order_by("order", "id")
    return [routing.Rule(rule.conditions, rule.queue_id, rule.priority) for rule in found]


def read(kind: str, *, wave: str, source: str, now: dt.datetime) -> Plan:
    """The plan for one kind, wave and source, by their names. Raises Invalid when no active queue takes the kind."""
    queues = list(Queue.objects.filter(kind=kind, active=True).order_by("order", "slug").values_list("pk", flat=True))
    if not queues:
        raise Invalid(f"No active queue accepts “{kinds.label(kind)}” cases. Create one, then retry.")
    asked = rules(kind)
    # A rule may name a queue of another kind's making; it still needs a place in the arrays.
    queues += sorted({rule.queue_id for rule in asked} - set(queues))
    place = {queue: number for number, queue in enumerate(queues, start=1)}
    route, parameters = routing.compile_rules(
        asked, row="s", wave="%(wave_slug)s::text", source="%(source_name)s::text"
    )
    agreed = policies()
    return Plan(
        route,
        parameters
        | {
            "wave_slug": wave,
            "source_name": source,
            "queues": queues,
            "rule_queue": [place[rule.queue_id] for rule in asked] + [1],
            "rule_priority": [rule.priority for rule in asked] + [0],
            "due": [sla.due_for(agreed, queue, severity, now) for queue in queues for severity in Severity.values],
        },
    )
