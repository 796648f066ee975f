"""Tell people of overdue critical cases, step by step, and end that once a case is decided or no longer critical.

None of it decides anything: what is overdue is seen whenever it is read. A step is taken once for a case, its queue and
its due time, whichever way the clock jumps; rounds never run side by side.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import connection
from django.urls import reverse
from django.utils import timezone

from console.audit import log
from console.notices import actions as notices
from console.people import queries as people
from console.people.models import User
from triage.cases.models import Case
from triage.overdue import queries, rules
from triage.overdue.models import EscalationStep, Step
from triage.overdue.queries import Due
from triage.queues.models import Queue

_LOCK: Final = 0x4C414444
#: Kinds of notices: of one case, and of many cases of a queue.
OVERDUE: Final = "case.overdue"
MANY_OVERDUE: Final = "case.many_overdue"
_MANAGE: Final = "cases.manage_queue"


@dataclass(frozen=True, slots=True)
class Swept:
    """How many steps were taken, and how many ended."""

    taken: int = 0
    ended: int = 0


def sweep(*, by: User, now: dt.datetime | None = None) -> Swept:
    """Take the steps that are due and end those that are over, a batch of each; one entry when there were any."""
    moment = now or timezone.now()
    with log.transaction(by=by, purpose="tend"):
        if not _alone():
            return Swept()
        due, over = queries.due(moment), queries.over()
        if not (due or over):
            return Swept()
        told = _take(due, moment, by=by)
        ended = _end(over, moment, by=by)
        facts = {"escalated": sorted({one.ref for one in due}), "over": ended, "told": told}
        subject = Case(pk=due[0].case if due else over[0][1])
        log.record("case.escalations_tended", subject=subject, by=by, facts=facts)
    return Swept(len(due), len(over))


def _alone() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        return bool(cursor.fetchone()[0])


def _take(due: Sequence[Due], now: dt.datetime, *, by: User) -> int:
    groups: dict[tuple[int, Step], list[Due]] = defaultdict(list)
    for one in due:
        groups[one.queue, one.step].append(one)
    queues = Queue.objects.select_related("responsible", "deputy").in_bulk({queue for queue, _ in groups})
    told = 0
    for (number, step), found in sorted(groups.items()):
        told += _tell(queues[number], step, found, now, by=by)
    return told


def _tell(queue: Queue, step: Step, found: Sequence[Due], now: dt.datetime, *, by: User) -> int:
    """Tell the people of one step about cases of one queue, one by one or of many at once."""
    standing = _people(queue, step)
    mine = User.objects.in_bulk({key for one in found for key in (one.holder, one.assignee) if key})
    if len(found) > rules.ONE_BY_ONE:
        sentence = rules.many(str(queue), responsible=queue.responsible is not None)
        path = reverse("cases:queue", args=[queue.slug])
        told = notices.tell(
            to=standing, kind=MANY_OVERDUE, subject=queue.slug, sentence=sentence, path=path, urgent=True, by=by
        )
    else:
        told = sum(_tell_one(queue, one, [*standing, *_theirs(one, mine)], by=by) for one in found)
    EscalationStep.objects.bulk_create(
        EscalationStep(
            case_id=one.case, queue=queue, step=step, due_at=one.due_at, at=now,
            told=len({person.pk for person in [*standing, *_theirs(one, mine)]}),
        )
        for one in found
    )  # fmt: skip
    return told


def _tell_one(queue: Queue, one: Due, to: Iterable[User], *, by: User) -> int:
    sentence = rules.sentence(
        one.step, ref=one.ref, queue=str(queue), due_at=one.due_at, responsible=queue.responsible is not None
    )
    path = reverse("cases:case", args=[one.ref])
    return notices.tell(to=to, kind=OVERDUE, subject=one.ref, sentence=sentence, path=path, urgent=True, by=by)


def _people(queue: Queue, step: Step) -> list[User]:
    """Who is told at a step. For a queue without a responsible person the leads are, from the first step on."""
    if step is Step.DEPUTY:
        return [queue.deputy] if queue.deputy else []
    if step is Step.RESPONSIBLE and queue.responsible:
        return [queue.responsible]
    return list(people.able(_MANAGE, queue))


def _theirs(one: Due, known: dict[int, User]) -> list[User]:
    """Who holds the case and who it is assigned to: they are told at the first step."""
    wanted = {key for key in (one.holder, one.assignee) if key}
    return [known[key] for key in sorted(wanted) if key in known] if one.step is Step.RESPONSIBLE else []


def _end(over: Sequence[tuple[int, int]], now: dt.datetime, *, by: User) -> list[str]:
    """End these steps, and the notices about their cases; those about a queue once none of its cases stands there."""
    rows = EscalationStep.objects.filter(pk__in=[key for key, _ in over])
    queues = Queue.objects.in_bulk(set(rows.values_list("queue_id", flat=True)))
    rows.update(over_at=now)
    refs = sorted({f"EX-{case}" for _, case in over})
    for ref in refs:
        notices.settle(kinds=[OVERDUE], path=reverse("cases:case", args=[ref]), by=by)
    for queue in queues.values():
        if not queries.standing_in(queue.pk):
            notices.settle(kinds=[MANY_OVERDUE], path=reverse("cases:queue", args=[queue.slug]), by=by)
    return refs
