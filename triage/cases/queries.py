"""What is read of cases and queues. Every function costs a constant number of queries."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Max, Q, QuerySet, Sum

from console import keyset
from console.errors import Missing
from console.keyset import TOP, Page, Place
from console.people import permissions
from console.people.models import User
from triage.cases import rules
from triage.cases.kinds import Reported
from triage.cases.models import (
    PAST_CUTOVER,
    Case,
    Claim,
    Decision,
    FeedItem,
    Member,
    MigrationException,
    QueueTally,
    SavedView,
    State,
)
from triage.cases.models.decision import CAME_FROM
from triage.cases.rules import PartIn
from triage.queues.models import Queue

CAP = 1001
#: So many of the latest cases are looked at for facilities, of which so many are named.
FACILITIES_LOOKED = 2_000
FACILITIES_KNOWN = 200
_REF = re.compile(r"^EX-([1-9][0-9]{0,17})$")


def _number_of(ref: str) -> int:
    """The number in ``EX-1042``. Raises Missing for anything else."""
    match = _REF.match(ref)
    if not match:
        raise Missing("There is no such case.")
    return int(match[1])


def case_for(user: User, ref: str) -> Case:
    """The case of that name with its queue, if this person may see it: what a verb needs. Raises Missing."""
    return _seen(Case.objects.select_related("queue"), user, ref)


def whole_case_for(user: User, ref: str) -> Case:
    """The same with its wave and decision: what a page needs. Raises Missing."""
    return _seen(Case.objects.select_related("queue", "wave", "decision__by", "assignee"), user, ref)


def _seen(cases: QuerySet[Case], user: User, ref: str) -> Case:
    found = cases.filter(pk=_number_of(ref)).first()
    if found is None or not permissions.may(user, "cases.see_queue", found.queue):
        raise Missing(f"There is no case {ref} that you may see.")
    return found


def claim_on(case: Case, now: dt.datetime) -> Claim | None:
    """The claim on a case that still runs, with its person."""
    return Claim.objects.select_related("by").filter(case=case, expires_at__gt=now).first()


def part_in(case: Case, person: int) -> PartIn:
    """What a person had to do with the case before it came to its queue."""
    sent = Decision.objects.filter(case=case, details__escalated_to=case.queue_id)
    return rules.part_in(sent, person, case.queue_id, proposal=case.proposal)


def claims_of(user: User, now: dt.datetime) -> list[Claim]:
    """This person's running claims with their cases and queues, the one that ends first in front.

    A case that is only kept ready for them is not among them.
    """
    found = Claim.objects.filter(by=user, expires_at__gt=now, ahead=False).select_related("case", "case__queue")
    return list(found.order_by("expires_at")[:50])


def _held_by_name(username: str, now: dt.datetime) -> list[int]:
    """The numbers of the cases that the person of this name holds, none that is only kept ready for them."""
    found = Claim.objects.filter(by__username=username.replace("\0", "")[:150], expires_at__gt=now, ahead=False)
    return list(found.values_list("case_id", flat=True)[:50])


def held_as_filtered(user: User, query: Mapping[str, Any], now: dt.datetime) -> list[int]:
    """The cases of the person that a list is filtered by (``mine``, or ``holder``); none without such a filter."""
    holder = user.username if query.get("mine") else str(query.get("holder", ""))
    return _held_by_name(holder, now) if holder else []


def next_held(user: User, ref: str, now: dt.datetime) -> Claim | None:
    """Of the cases that this person holds, the one claimed first; the case they look at (``ref``) is not meant."""
    held = [claim for claim in claims_of(user, now) if claim.case.ref != ref]
    return min(held, key=lambda claim: claim.taken_at, default=None)


def kept_ready(user: User, ref: str) -> Case | None:
    """The case of that name, if it is kept ready as this person's next one."""
    found = Claim.objects.filter(by=user, ahead=True).select_related("case").first() if ref else None
    return found.case if found and found.case.ref == ref else None


def holders(cases: Iterable[int]) -> dict[int, str]:
    """Printed names of those who hold these cases."""
    return dict(Claim.objects.filter(case_id__in=list(cases)).values_list("case_id", "by__name"))


def views_for(user: User) -> list[SavedView]:
    """A person's saved views, then those others share."""
    found = SavedView.objects.select_related("owner").filter(Q(owner=user) | Q(shared=True))
    return sorted(found.order_by("name")[:60], key=lambda view: view.owner_id != user.pk)


def payload(exception_id: int) -> bytes:
    """The exact bytes of an exception's line."""
    return str(MigrationException.objects.values_list("payload", flat=True).get(pk=exception_id)).encode()


def reported(exception_id: int) -> Reported:
    """An exception's line, and how the columns of the source that reported it are read. One query."""
    found = MigrationException.objects.values_list("payload", "run__source__field_rules")
    line, rules = found.get(pk=exception_id)
    return Reported(str(line).encode(), rules)


def source_of(case: Case) -> str:
    """The name of the source whose run reported the case last with something new."""
    found = MigrationException.objects.filter(pk=case.latest_exception_id)
    return str(found.values_list("run__source__name", flat=True).get())


def known_facilities() -> list[str]:
    """The facilities of the latest cases, in order. At a cost that does not grow."""
    with connection.cursor() as cursor:
        cursor.execute(_FACILITIES, {"looked": FACILITIES_LOOKED, "most": FACILITIES_KNOWN})
        return [name for (name,) in cursor.fetchall()]


def members(case: Case, *, after: int = 0, limit: int = 100) -> list[Member]:
    """A page of a case's members with the run that first reported each, in the order in which they came."""
    found = Member.objects.filter(case=case, pk__gt=after).select_related("run").defer("run__manifest", "run__sums")
    return list(found.order_by("pk")[:limit])


def tally(queues: Iterable[Queue]) -> dict[int, dict[str, int]]:
    """Number of cases by queue and state, from the deltas: never counted by scanning.

    Those deferred past a cutover count as deferred, and once more as ``PAST_CUTOVER``.
    """
    rows = QueueTally.objects.filter(queue_id__in=[queue.pk for queue in queues])
    counts: dict[int, dict[str, int]] = defaultdict(lambda: dict.fromkeys([*State.values, PAST_CUTOVER], 0))
    for queue, state, number in rows.values_list("queue_id", "state").annotate(Sum("delta")):
        counts[queue][state] = number
    return counts


def unresolved_by_severity(waves: Iterable[int]) -> dict[int, dict[int, tuple[int, int]]]:
    """Of each wave by severity: how many cases are unresolved, and how many of these deferred past the cutover."""
    found: dict[int, dict[int, tuple[int, int]]] = {wave: {} for wave in waves}
    with connection.cursor() as cursor:
        cursor.execute(_BY_SEVERITY, [list(found)])
        for wave, severity, unresolved, past in cursor.fetchall():
            found[wave][severity] = (int(unresolved), int(past))
    return found


@dataclass(frozen=True, slots=True)
class Pressure:
    """How pressing a queue's open cases are: overdue ones (counted to ``CAP``) and the earliest due time."""

    overdue: int
    earliest: dt.datetime | None

    @property
    def capped(self) -> bool:
        """True when there are more overdue cases than were counted."""
        return self.overdue >= CAP


def pressure(queues: Iterable[Queue], now: dt.datetime) -> dict[int, Pressure]:
    """Overdue cases and earliest due time by queue, from the index on due times, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(_PRESSURE, {"queues": [queue.pk for queue in queues], "now": now, "cap": CAP})
        return {queue: Pressure(overdue, earliest) for queue, overdue, earliest in cursor.fetchall()}


def last_position() -> int:
    """The feed's last position; 0 while nothing was released."""
    return FeedItem.objects.aggregate(last=Max("position"))["last"] or 0


def page_of_decisions(user: User, *, place: Place = TOP) -> Page[Decision]:
    """One page of a person's own decisions, newest first, with case, feed position and what became of them."""
    found = Decision.objects.filter(by=user).select_related(
        "case", "case__queue", "feed_item", "release_due", "reversed_by", "reversed_by__by", "reverses"
    )
    return keyset.page(found, keyset.NEWEST, place)


def called_back(decisions: Iterable[Decision], by: User, now: dt.datetime) -> set[int]:
    """Of ``by``'s decisions those that sent their case elsewhere and can still be undone. Two queries, or none."""
    sent = [one for one in decisions if CAME_FROM in one.details and not _taken_further(one)]
    if not sent:
        return set()
    came_from = {one.pk: int(one.details[CAME_FROM]["queue"]) for one in sent}
    seconds = dict(Queue.objects.filter(pk__in=came_from.values()).values_list("pk", "undo_seconds"))
    live = Claim.objects.filter(case__in=[one.case_id for one in sent], expires_at__gt=now).select_related("by")
    holders = {claim.case_id: rules.Holder(claim.by_id, str(claim.by), claim.expires_at) for claim in live}
    return {
        one.pk
        for one in sent
        if came_from[one.pk] in seconds
        and rules.call_back(
            one.case.ref,
            one.case.state,
            mine=one.by_id == by.pk,
            there=one.case.queue_id == one.sent_to and one.case.revision == one.seen_revision + 1,
            holder=holders.get(one.case_id),
            in_time=now <= one.decided_at + dt.timedelta(seconds=seconds[came_from[one.pk]]),
        )
    }


def _taken_further(decision: Decision) -> bool:
    """True for a decision that was undone or reversed, or that is in the feed."""
    return hasattr(decision, "reversed_by") or hasattr(decision, "feed_item")


def earlier_decisions(case: Case) -> list[Decision]:
    """Every decision on a case, newest first, with its person, feed position and reversal."""
    found = case.decisions.select_related("by", "feed_item", "reverses", "reversed_by")
    return list(found.order_by("-id")[:100])


_BY_SEVERITY = """
SELECT wave_id, severity, sum(delta), sum(past_cutover) FROM cases_wavetally
WHERE wave_id = ANY(%s::bigint[]) AND phase = 'unresolved'
GROUP BY wave_id, severity HAVING sum(delta) <> 0 ORDER BY wave_id, severity DESC
"""
_FACILITIES = """
SELECT DISTINCT f.facility
FROM (SELECT facilities FROM cases_case ORDER BY id DESC LIMIT %(looked)s) AS latest,
    unnest(latest.facilities) AS f (facility)
ORDER BY f.facility LIMIT %(most)s
"""
# Open cases have an index for those that are assigned and one for the others.
_LATE = """SELECT 1 FROM cases_case AS c
           WHERE c.queue_id = wanted.id AND c.state = 'open' AND c.{half} AND c.due_at < %(now)s"""
_FIRST = """(SELECT min(c.due_at) FROM cases_case AS c
        WHERE c.queue_id = wanted.id AND c.state = 'open' AND c.{half})"""
_HALVES = ("assignee_id IS NULL", "assigned_at IS NOT NULL")
_PRESSURE = f"""
SELECT wanted.id,
       (SELECT count(*) FROM (
           {" UNION ALL ".join(_LATE.format(half=half) for half in _HALVES)} LIMIT %(cap)s) AS late),
       least({", ".join(_FIRST.format(half=half) for half in _HALVES)})
FROM unnest(%(queues)s::bigint[]) AS wanted (id)
"""
