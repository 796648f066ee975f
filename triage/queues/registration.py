"""What queues declare: navigation, the first step of the set-up, verbs, and the permissions held on queues."""

from __future__ import annotations

from typing import Final

from console.capabilities.declaration import Capability
from console.capabilities.parts import Command, NavItem, Permission, SearchSource, Step
from triage.queues import search
from triage.queues.models import Queue
from triage.queues.queries import MANAGE, SEE

GROUP: Final = "Triage"
QUEUE: Final = "cases.Queue"
#: What the audit log says of queues and how they are set up: verb, sentence after the actor's name, icon.
VERBS: Final = (
    ("queue.made", "created the queue {queue}", "list-plus"),
    ("queue.standard_set", "created the standard queues: {queues}", "list-plus"),
    ("queue.changed", "changed the queue {queue}: {fields}", "settings-2"),
    ("queue.rule_made", "created the routing rule {rule}", "split"),
    ("queue.rule_changed", "changed the routing rule {rule}: {fields}", "split"),
    ("queue.rules_ordered", "reordered the routing rules", "arrow-up-down"),
    ("queue.policy_set", "set an SLA target: {policy}", "calendar-clock"),
    ("queue.policy_removed", "removed an SLA target: {policy}", "calendar-x"),
    ("queue.calendar_set", "set the business calendar {calendar}", "calendar"),
)
PERMISSIONS: Final = (
    Permission(QUEUE, "see_queue", "See the cases of a queue, masked"),
    Permission(QUEUE, "work_queue", "Claim and decide cases"),
    Permission(QUEUE, "reveal_patient", "Reveal masked patient fields"),
    Permission(QUEUE, "manage_queue", "Manage routing, SLA targets and claims"),
    Permission(QUEUE, "reverse_decision", "Reverse released decisions"),
    Permission(QUEUE, "read_feed", "Read the decision feed"),
    Permission(QUEUE, "set_up_queues", "Set up queues, routing, due times and calendars"),
    Permission(QUEUE, "acknowledge_feed", "Acknowledge the decision feed"),
)
_WHY: Final = "Cases wait in queues. Routing rules send each case to the right reviewers."

CAPABILITY: Final = Capability(
    navigation=(NavItem("SLA targets", "cases:sla", "calendar-clock", "g t", MANAGE, 140, GROUP, QUEUE),),
    commands=(
        Command(label="Create a queue", url_name="cases:new_queue", icon="list-plus", permission=MANAGE),
        Command(label="Create a routing rule", url_name="cases:new_rule", icon="split", permission=MANAGE),
    ),
    search=(
        SearchSource(
            code="queues", label="Queues", icon="inbox", find=search.find, permission=SEE, order=30, model=QUEUE
        ),
    ),
    steps=(Step("Set up the queues", _WHY, "cases:queues", MANAGE, Queue.objects.exists, order=20),),
    verbs=VERBS,
    families={"queue": "Queues"},
    permissions=PERMISSIONS,
)
