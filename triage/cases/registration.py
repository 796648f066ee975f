"""What cases bring along: navigation, the audit log's verbs and the gauge of queues."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from console import health
from console.audit import verbs
from console.ui import nav
from console.ui.nav import NavItem
from triage.cases import queries
from triage.queues.models import Queue

#: What the audit log says of cases, lists and the feed: verb, sentence after the actor's name, icon.
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
    ("queue.rules_applied", "applied the routing rules: {moved} cases moved", "split"),
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
    health.register_gauge("concord_cases", "Cases by queue and state.", _depths, labels=("queue", "state"))


def _depths() -> Iterator[tuple[tuple[str, ...], float]]:
    queues = list(Queue.objects.all())
    counts = queries.tally(queues)
    for queue in queues:
        for state, number in counts.get(queue.pk, {}).items():
            yield (queue.slug, state), float(number)
