"""What cases bring along: navigation, the book's verbs and the first step of a new console."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from console import health
from console.audit import verbs
from console.home import Step, register_step
from console.ui import nav
from console.ui.nav import NavItem
from triage.cases import queries
from triage.cases.models import Queue

#: What the book says of cases, queues and the feed: verb, sentence after the actor's name, icon.
VERBS: Final = (
    ("case.opened", "opened {subject}", "eye"),
    ("case.revealed", "revealed patient fields of {subject}", "scan-eye"),
    ("case.claimed", "claimed {subject} in {queue}", "user-check"),
    ("case.renewed", "renewed the claim on {subject}", "timer-reset"),
    ("case.given_back", "released the claim on {subject}", "undo"),
    ("case.taken_away", "removed the claim on {subject}: {reason}", "user-minus"),
    ("case.resumed", "resumed {subject}", "play"),
    ("case.decided", "decided {subject}: {verdict}", "gavel"),
    ("case.undone", "undid decision {reverses} on {subject}", "undo-2"),
    ("case.reversed", "reversed decision {reverses} on {subject}", "rotate-ccw"),
    ("queue.listed", "listed cases of {queues}", "list"),
    ("queue.tended", "ended claims that had run out ({expired}), woke deferred cases ({woken})", "alarm-clock"),
    ("queue.made", "made the queue {queue}", "list-plus"),
    ("queue.standard_set", "made the standard queues: {queues}", "list-plus"),
    ("queue.changed", "changed the queue {queue}: {fields}", "settings-2"),
    ("queue.rule_made", "made the routing rule {rule}", "split"),
    ("queue.rule_changed", "changed the routing rule {rule}: {fields}", "split"),
    ("queue.rules_ordered", "put the routing rules in another order", "arrow-up-down"),
    ("queue.rules_applied", "applied the routing rules: {moved} cases moved", "split"),
    ("queue.policy_set", "set an SLA target: {policy}", "calendar-clock"),
    ("queue.policy_removed", "removed a due time: {policy}", "calendar-x"),
    ("queue.calendar_set", "set the business calendar {calendar}", "calendar"),
    ("queue.view_saved", "saved the view {view}", "bookmark"),
    ("queue.view_deleted", "deleted the view {view}", "bookmark-x"),
    ("feed.released", "released decisions to positions {first} to {last}", "send"),
    ("feed.read", "read the decision feed up to position {through}", "rss"),
    ("feed.acknowledged", "acknowledged the decision feed up to position {through}", "check-check"),
)

SEE, WORK, MANAGE = "cases.see_queue", "cases.work_queue", "cases.manage_queue"
GROUP = "Triage"


def register() -> None:
    """Register all of it, once the apps are ready."""
    for code, sentence, icon in VERBS:
        verbs.register(code, sentence, icon)
    queue = "cases.Queue"
    nav.register(NavItem("Queues", "cases:queues", "inbox", "g q", SEE, 100, GROUP, queue))
    nav.register(NavItem("All cases", "cases:cases", "list", "g c", SEE, 110, GROUP, queue))
    nav.register(NavItem("My decisions", "cases:mine", "gavel", "g d", WORK, 120, GROUP, queue))
    nav.register(NavItem("Routing", "cases:rules", "split", "g o", MANAGE, 130, GROUP, queue))
    nav.register(NavItem("SLA targets", "cases:sla", "calendar-clock", "g t", MANAGE, 140, GROUP, queue))
    why = "Cases wait in queues. Routing rules send each case to the right reviewers."
    register_step(Step("Set up the queues", why, "cases:queues", MANAGE, Queue.objects.exists, order=20))
    health.register_gauge("concord_cases", "Cases by queue and state.", _depths, labels=("queue", "state"))


def _depths() -> Iterator[tuple[tuple[str, ...], float]]:
    queues = list(Queue.objects.all())
    counts = queries.tally(queues)
    for queue in queues:
        for state, number in counts.get(queue.pk, {}).items():
            yield (queue.slug, state), float(number)
