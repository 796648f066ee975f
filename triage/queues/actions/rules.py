"""Routing rules: made, changed and ordered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from console.audit import log
from console.errors import Invalid
from console.people.models import User
from triage.queues import routing
from triage.queues.actions.queues import require_console
from triage.queues.models import Queue, RoutingRule


def save_rule(
    *,
    rule: RoutingRule | None,
    name: str,
    kind: str,
    conditions: dict[str, Any],
    queue: Queue,
    priority: int,
    active: bool,
    by: User,
) -> RoutingRule:
    """Make a rule (last in order), or change one. Raises Denied, or Invalid for conditions that make no sense."""
    with log.transaction(by=by, purpose="set up"):
        require_console(by, "change routing rules")
        conditions = routing.tidy(conditions)
        if wrong := routing.check(conditions):
            raise Invalid(" ".join(wrong))
        if priority not in routing.RULE_PRIORITIES:
            raise Invalid("Priority must be 0 to 49, so that a rule cannot raise a case above the next severity.")
        if queue.kind != kind:
            raise Invalid(f"“{queue}” takes another kind of case.")
        found = rule or RoutingRule(order=_last() + 10)
        values = {
            "name": name,
            "kind": kind,
            "conditions": conditions,
            "queue": queue,
            "priority": priority,
            "active": active,
        }
        changed = sorted(field for field, value in values.items() if rule is None or getattr(found, field) != value)
        for field, value in values.items():
            setattr(found, field, value)
        if not changed:
            return found
        found.save()
        verb = "queue.rule_changed" if rule else "queue.rule_made"
        facts = {"rule": name, "fields": changed, "conditions": conditions, "queue": queue.slug, "priority": priority}
        log.record(verb, subject=found, by=by, facts=facts)
    return found


def move_rule(*, rule: RoutingRule, up: bool, by: User) -> None:
    """Ask a rule one place earlier or later. At the end of the list nothing happens. Raises Denied."""
    with log.transaction(by=by, purpose="set up"):
        require_console(by, "change routing rules")
        rules = list(RoutingRule.objects.select_for_update().filter(kind=rule.kind).order_by("order", "id"))
        place = next(number for number, other in enumerate(rules) if other.pk == rule.pk)
        target = place - 1 if up else place + 1
        if not 0 <= target < len(rules):
            return
        rules.insert(target, rules.pop(place))
        order_rules(rules=rules, by=by)


def order_rules(*, rules: Sequence[RoutingRule], by: User) -> None:
    """Ask these rules, all of one kind, in this order. Raises Denied."""
    with log.transaction(by=by, purpose="set up"):
        require_console(by, "change routing rules")
        for number, rule in enumerate(rules, start=1):
            rule.order = number * 10
        RoutingRule.objects.bulk_update(rules, ["order"])
        log.record("queue.rules_ordered", subject=rules[0], by=by, facts={"order": [rule.name for rule in rules]})


def _last() -> int:
    last = RoutingRule.objects.order_by("-order").first()
    return last.order if last else 0
