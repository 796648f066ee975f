"""What cases declare: navigation, verbs, states and a gauge."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.contrib.auth.models import AnonymousUser

from console.capabilities.declaration import Capability
from console.capabilities.parts import Command, FrameValue, Gauge, Look, NavItem, SearchSource, WavePart
from console.fact_changes import SUBSCRIPTIONS, Subscription
from console.people import permissions
from console.people.causes import PeopleCause
from console.people.models import User
from triage.cases import queries, search
from triage.cases.actions import lost_claims
from triage.cases.models import State
from triage.queues.models import Queue
from triage.queues.suggestions import SUGGESTIONS, Suggestion

SEE, WORK, MANAGE = "cases.see_queue", "cases.work_queue", "cases.manage_queue"
GROUP: Final = "Triage"
QUEUE: Final = "cases.Queue"

#: What the audit log says of cases, lists and the feed: verb, sentence after the actor's name, icon.
VERBS: Final = (
    ("case.opened", "opened {subject}", "eye"),
    ("case.revealed", "revealed patient fields of {subject}", "scan-eye"),
    ("case.claimed", "claimed {subject} in {queue}", "user-check"),
    ("case.claimed_ahead", "kept {subject} in {queue} ready as the next case", "timer"),
    ("case.renewed", "renewed the claim on {subject}", "timer-reset"),
    ("case.given_back", "released the claim on {subject}", "undo"),
    ("case.taken_away", "removed the claim on {subject}: {reason}", "user-minus"),
    ("case.handed_over", "handed {subject} over to {to}", "user-round-check"),
    ("case.taken_back", "returned {subject} to its queue", "undo"),
    ("case.claim_lost", "ended the claim on {subject}: its reviewer may no longer work the queue", "user-x"),
    ("case.assignments_lost", "ended {count} assignments of {person}, who may no longer work the queue", "user-x"),
    ("case.resumed", "resumed {subject}", "play"),
    ("case.decided", "decided {subject}: {verdict}", "gavel"),
    ("case.contradicted", "decided {subject}: {verdict}, against decisions {contradicts}; not settled", "git-compare"),
    ("case.deferral_proposed", "asked to defer {subject} past the cutover; another reviewer must agree", "alarm-clock"),
    ("case.opened_by_decision", "opened {subject} in {queue} by decision {decision} on {origin}", "file-plus"),
    ("case.undone", "undid decision {reverses} on {subject}", "undo-2"),
    ("case.reversed", "reversed decision {reverses} on {subject}", "rotate-ccw"),
    ("queue.listed", "listed cases of {queues}", "list"),
    ("queue.tended", "released expired claims ({expired}) and reopened deferred cases ({woken})", "alarm-clock"),
    ("queue.cutover_woken", "reopened cases that were deferred past a cutover ({woken})", "flag"),
    ("queue.rules_applied", "applied the routing rules: {moved} cases moved", "split"),
    ("queue.view_saved", "saved the view {view}", "bookmark"),
    ("queue.view_deleted", "deleted the view {view}", "bookmark-x"),
    ("feed.released", "released decisions to positions {first} to {last}", "send"),
    ("feed.read", "read the decision feed up to position {through}", "rss"),
    ("feed.acknowledged", "acknowledged decisions up to position {through}, source {source}", "check-check"),
)

#: Looks of the states of cases.
STATES: Final = {
    "open": Look("Open", "circle-dot", "info"),
    "claimed": Look("Claimed", "user-check", "special"),
    "deferred": Look("Deferred", "alarm-clock", "outline"),
    "past_cutover": Look("Deferred past cutover", "flag", "outline"),
    "waiting": Look("Waiting", "hourglass", "outline"),
    "needs_info": Look("Needs information", "message-circle-question-mark", "medium"),
    "escalated": Look("Escalated", "arrow-up-from-line", "special"),
    "blocked": Look("Blocked", "ban", "medium"),
    "decided": Look("Decided", "check", "info"),
    "released": Look("Released", "send", "info"),
    "acknowledged": Look("Acknowledged", "check-check", "info"),
    "verified": Look("Verified", "badge-check", "success"),
    "reopened": Look("Reopened", "rotate-ccw", "high"),
    "reversed": Look("Reversed", "undo-2", "high"),
    "withdrawn": Look("Withdrawn", "archive-x", "outline"),
    "closed": Look("Closed", "circle-check", "success"),
}


def _works(user: User | AnonymousUser) -> bool:
    """Whether the bar of every page offers this person their next case."""
    return permissions.may_anywhere(user, WORK, Queue)


def _depths() -> Iterator[tuple[tuple[str, ...], float]]:
    queues = list(Queue.objects.all())
    counts = queries.tally(queues)
    for queue in queues:
        for state in State.values:
            yield (queue.slug, state), float(counts[queue.pk][state])


CAPABILITY: Final = Capability(
    api_urls="triage.cases.api_urls",
    navigation=(
        NavItem("Queues", "cases:queues", "inbox", "g q", SEE, 100, GROUP, QUEUE),
        NavItem("All cases", "cases:cases", "list", "g c", SEE, 110, GROUP, QUEUE),
        NavItem("My decisions", "cases:mine", "gavel", "g d", WORK, 120, GROUP, QUEUE),
        NavItem("Routing", "cases:rules", "split", "g o", MANAGE, 130, GROUP, QUEUE),
    ),
    commands=(
        Command(
            label="Next case",
            url_name="cases:next_of_mine",
            icon="arrow-right",
            key="n",
            permission=WORK,
            order=10,
            model=QUEUE,
            post=True,
        ),
    ),
    search=(
        SearchSource(
            code="cases",
            label="Cases",
            icon="file-search",
            find=search.find,
            permission=SEE,
            order=20,
            model=QUEUE,
            sign="#",
        ),
    ),
    wave_parts=(WavePart("cases:wave", "cases", order=15),),
    frame=(FrameValue("works_cases", _works),),
    verbs=VERBS,
    families={"case": "Cases", "feed": "Decision feed"},
    states=STATES,
    parts=(
        SUBSCRIPTIONS.part(Subscription("claims", (PeopleCause,), lost_claims.hear)),
        SUGGESTIONS.part(Suggestion("facility", queries.known_facilities)),
    ),
    gauges=(Gauge("concord_cases", "Cases by queue and state.", _depths, labels=("queue", "state")),),
)
