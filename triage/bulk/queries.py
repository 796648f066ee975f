"""What is read for bulk changes: which cases were selected, what stands of each, and pages of results."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.auth.models import Permission
from django.db import connection
from django.db.models import Count, Q, QuerySet
from guardian.models import UserObjectPermission

from console import keyset
from console.errors import Missing
from console.keyset import Page, Place
from console.people import permissions
from console.people.models import User, UserKind
from console.ui import dates
from triage.bulk.models import BulkChange, BulkItem, Result, Stage, Undo
from triage.bulk.rules import MOST, Facts, Person, Seen, Wanted
from triage.bulk.rules import Place as QueuePlace
from triage.cases import listing
from triage.cases.listing import Filters
from triage.cases.models import Case, Claim, Decision, State
from triage.queues import queries as queue_queries
from triage.queues.models import Queue
from triage.queues.queries import MANAGE, WORK


@dataclass(frozen=True, slots=True)
class Selection:
    """Cases by number in the order of their list. ``left_out``: selected and not this person's to manage, or absent."""

    cases: list[int]
    left_out: int = 0
    more: bool = False


def managed(user: User) -> list[Queue]:
    """The active queues that this person leads, in order."""
    return [queue for queue in queue_queries.active_queues() if permissions.may(user, MANAGE, queue)]


def named(numbers: Iterable[int], user: User) -> Selection:
    """Of these cases, those that this person manages. What is hidden and what does not exist are left out alike."""
    wanted = list(dict.fromkeys(numbers))
    queues = dict(Case.objects.filter(pk__in=wanted[:MOST]).values_list("pk", "queue_id"))
    mine = {
        queue.pk for queue in Queue.objects.filter(pk__in=set(queues.values())) if permissions.may(user, MANAGE, queue)
    }
    found = [number for number in wanted[:MOST] if queues.get(number) in mine]
    return Selection(found, len(wanted[:MOST]) - len(found), more=len(wanted) > MOST)


def of_list(filters: Filters, now: dt.datetime) -> Selection:
    """The first ``MOST`` cases of a list, whose queues the caller has narrowed to those of the person."""
    if not filters.queues:
        return Selection([])
    scan = listing.scan(filters, looked=MOST + 1 if filters.by_index else listing.BUDGET, now=now)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT listed.id FROM ({scan.passed}) AS listed ORDER BY {scan.order} LIMIT {MOST + 1}", scan.values
        )
        found = [number for (number,) in cursor.fetchall()]
    more = len(found) > MOST or listing.counted(filters, now=now)[1]
    return Selection(found[:MOST], more=more)


def facts(cases: Iterable[Case], user: User, now: dt.datetime) -> dict[int, Facts]:
    """What stands of these cases, which were read with their queues and waves. Two queries."""
    found = {case.pk: case for case in cases}
    claims = {
        claim.case_id: claim
        for claim in Claim.objects.select_related("by").filter(case__in=list(found), expires_at__gt=now)
    }
    sent = _sent_here(found)
    asked = Decision.objects.in_bulk([case.proposal_id for case in found.values() if case.proposal_id])
    return {
        number: Facts(
            ref=case.ref,
            kind=case.kind,
            queue_name=str(case.queue),
            seen=_seen(case, claims.get(number)),
            manages=permissions.may(user, MANAGE, case.queue),
            sent=tuple(sent.get(number, ())),
            cutover=case.wave.planned_for,
            proposal=asked.get(case.proposal_id or 0),
        )
        for number, case in found.items()
    }


def _seen(case: Case, claim: Claim | None) -> Seen:
    return Seen(
        # A claim that has run out is none, whether it has been swept away yet or not.
        state=State.OPEN if case.state == State.CLAIMED and claim is None else case.state,
        queue=case.queue_id,
        severity=case.severity,
        priority=case.priority,
        due_at=case.due_at.isoformat(),
        revision=case.revision,
        wake_at=case.wake_at.isoformat() if case.wake_at else "",
        by_verdict=case.decision_id is not None,
        holder=claim.by_id if claim else None,
        holder_name=str(claim.by) if claim else "",
        claim_ends=claim.expires_at.isoformat() if claim else "",
        assignee=case.assignee_id,
        assignee_name=str(case.assignee or ""),
    )


def _sent_here(cases: Iterable[int]) -> dict[int, list[Decision]]:
    """The decisions that sent cases to the queue where they are."""
    found: dict[int, list[Decision]] = defaultdict(list)
    for decision in Decision.objects.raw(_SENT_HERE, [list(cases)]):
        found[decision.case_id].append(decision)
    return found


def whole(numbers: Iterable[int]) -> QuerySet[Case]:
    """These cases with their queues and waves, in ascending order."""
    return Case.objects.select_related("queue", "wave", "assignee").filter(pk__in=list(numbers)).order_by("pk")


def change_of(user: User, number: int) -> BulkChange:
    """A bulk change of this person's own. Raises Missing."""
    found = BulkChange.objects.select_related("by").filter(pk=number, by=user).first()
    if found is None:
        raise Missing("There is no bulk change of yours with that number.")
    return found


def wanted(kept: dict[str, Any], user: User) -> Wanted:
    """What an act needs, read from what its form left. ``user`` is asked about the queue."""
    queue = Queue.objects.filter(pk=kept["queue"]).first() if "queue" in kept else None
    place = queue and QueuePlace(queue.pk, str(queue), queue.kind, queue.active, permissions.may(user, MANAGE, queue))
    at = dt.datetime.fromisoformat(kept["at"]) if "at" in kept else None
    to = _person(User.objects.get(pk=kept["to"])) if "to" in kept else None
    return Wanted(queue=place or None, priority=kept.get("priority"), at=at, to=to, said=_said)


def _person(user: User) -> Person:
    works = frozenset(queue.pk for queue in Queue.objects.all() if permissions.may(user, WORK, queue))
    return Person(user.pk, str(user), user.is_person, user.is_active, works)


def colleagues(change: BulkChange) -> QuerySet[User]:
    """The people who may work one of the queues in which the selected cases are."""
    app, codename = WORK.split(".")
    work = Permission.objects.filter(content_type__app_label=app, codename=codename)
    queues = change.items.order_by().values_list("case__queue_id", flat=True).distinct()
    single = UserObjectPermission.objects.filter(permission__in=work, object_pk__in=[str(pk) for pk in queues])
    anywhere = Q(user_permissions__in=work) | Q(groups__permissions__in=work) | Q(pk__in=single.values("user_id"))
    return User.objects.filter(anywhere, kind=UserKind.PERSON, is_active=True).distinct().order_by("name")


def plain_wanted(kept: dict[str, Any]) -> Wanted:
    """The same without its queue and person, which the caller names."""
    return Wanted(priority=kept.get("priority"), at=dt.datetime.fromisoformat(kept["at"]) if "at" in kept else None)


def target_names(changes: Iterable[BulkChange]) -> dict[tuple[str, int], str]:
    """The names of the queues and people that these changes gave cases to, by ``queue`` or ``to`` and number."""
    asked: dict[str, set[int]] = {"queue": set(), "to": set()}
    for change in changes:
        for what in asked.keys() & change.wanted.keys():
            asked[what].add(change.wanted[what])
    queues = Queue.objects.filter(pk__in=asked["queue"]).values_list("pk", "name")
    people = User.objects.filter(pk__in=asked["to"]).values_list("pk", "name")
    return {("queue", pk): name for pk, name in queues} | {("to", pk): name for pk, name in people}


def named_wanted(found: Wanted) -> str:
    """What was asked for, in words for a title; "" when nothing was."""
    for one in (found.queue, found.to):
        if one:
            return one.name
    if found.priority is not None:
        return str(found.priority)
    return dates.clock(found.at)


def results(change: BulkChange) -> dict[str, int]:
    """How many items have each result; all results are named."""
    rows = change.items.order_by().values_list("result").annotate(Count("pk"))
    return dict.fromkeys(Result.values, 0) | dict(rows)


def results_of(changes: Iterable[BulkChange]) -> dict[int, dict[str, int]]:
    """The same for many changes, by their numbers."""
    found = {change.pk: dict.fromkeys(Result.values, 0) for change in changes}
    rows = BulkItem.objects.filter(change__in=list(found)).order_by().values_list("change", "result")
    for number, result, count in rows.annotate(Count("pk")):
        found[number][result] = count
    return found


def undoing(change: BulkChange) -> dict[str, int]:
    """How many of the changed items were undone, are to be, and were not."""
    rows = change.items.filter(result=Result.DONE).order_by().values_list("undo").annotate(Count("pk"))
    return dict.fromkeys(Undo.values, 0) | dict(rows)


def page_of_items(change: BulkChange, *, place: Place, result: str = "") -> Page[BulkItem]:
    """One page of a change's cases, in the order of the list that they were selected in."""
    found = change.items.select_related("case")
    return keyset.page(found.filter(result=result) if result else found, keyset.OLDEST, place)


def page_of_changes(user: User, *, place: Place) -> Page[BulkChange]:
    """One page of a person's own bulk changes, newest first; previews that were not carried out are left out."""
    found = BulkChange.objects.filter(by=user).exclude(stage=Stage.DRAFT)
    return keyset.page(found, keyset.NEWEST, place)


def kinds_of(change: BulkChange) -> set[str]:
    """The kinds of the selected cases."""
    return set(change.items.order_by().values_list("case__kind", flat=True).distinct())


def to_wake(now: dt.datetime, *, idle: dt.timedelta, limit: int) -> list[int]:
    """Changes that should be under way and on which no worker has come on for a while."""
    found = BulkChange.objects.filter(stage__in=[Stage.RUNNING, Stage.UNDOING], worked_at__lt=now - idle)
    return list(found.order_by("worked_at").values_list("pk", flat=True)[:limit])


def _said(text: str) -> str:
    return dates.clock(dt.datetime.fromisoformat(text))


_SENT_HERE: Final = """
SELECT d.* FROM cases_case AS c JOIN cases_decision AS d ON d.case_id = c.id
WHERE c.id = ANY(%s::bigint[]) AND (d.details ->> 'escalated_to')::bigint = c.queue_id
"""
