"""What queues bring along: navigation, the audit log's verbs and the first step of a new console."""

from __future__ import annotations

from typing import Final

from console.audit import verbs
from console.home import Step, register_step
from console.ui import nav
from console.ui.nav import NavItem
from triage.queues.models import Queue
from triage.queues.queries import MANAGE

#: What the audit log says of queues and how they are set up: verb, sentence after the actor's name, icon.
VERBS: Final = (
    ("queue.made", "made the queue {queue}", "list-plus"),
    ("queue.standard_set", "made the standard queues: {queues}", "list-plus"),
    ("queue.changed", "changed the queue {queue}: {fields}", "settings-2"),
    ("queue.rule_made", "made the routing rule {rule}", "split"),
    ("queue.rule_changed", "changed the routing rule {rule}: {fields}", "split"),
    ("queue.rules_ordered", "put the routing rules in another order", "arrow-up-down"),
    ("queue.policy_set", "set an SLA target: {policy}", "calendar-clock"),
    ("queue.policy_removed", "removed a due time: {policy}", "calendar-x"),
    ("queue.calendar_set", "set the business calendar {calendar}", "calendar"),
)
GROUP: Final = "Triage"


def register() -> None:
    """Register all of it, once the apps are ready."""
    for code, sentence, icon in VERBS:
        verbs.register(code, sentence, icon)
    nav.register(NavItem("SLA targets", "cases:sla", "calendar-clock", "g t", MANAGE, 140, GROUP, "cases.Queue"))
    why = "Cases wait in queues. Routing rules send each case to the right reviewers."
    register_step(Step("Set up the queues", why, "cases:queues", MANAGE, Queue.objects.exists, order=20))
