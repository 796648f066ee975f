"""Read what came and went and how old what waits is, for pages of queues: sums of counts kept, no case is read."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import F, Min, Sum

from triage.days.ages import Ages, ages
from triage.days.forecast import DAYS, DayFlow, pace
from triage.days.models import QueueFlow
from triage.queues.models import Queue


@dataclass(frozen=True, slots=True)
class Flow:
    """What a queue's counts say: the age of what waits, today so far, and full days, the latest last."""

    ages: Ages
    today: DayFlow
    days: tuple[DayFlow, ...] = ()

    @property
    def came_a_day(self) -> str:
        """Cases that came in on an average day; empty without a full day."""
        return pace(sum(day.came for day in self.days) / len(self.days)) if self.days else ""

    @property
    def went_a_day(self) -> str:
        """Cases that went out on an average day; empty without a full day."""
        return pace(sum(day.went for day in self.days) / len(self.days)) if self.days else ""


def ages_of(queues: Iterable[Queue], now: dt.datetime) -> dict[int, Ages]:
    """The age of what waits in each queue. One query."""
    rows = QueueFlow.objects.filter(queue_id__in=[queue.pk for queue in queues], opened__isnull=False)
    found: dict[int, list[tuple[dt.datetime, int]]] = defaultdict(list)
    sums = rows.values_list("queue_id", "opened").annotate(n=Sum(F("came") - F("went")))
    for queue, opened, number in sums:
        found[queue].append((opened, number))
    return {queue: ages(hours, now) for queue, hours in found.items()}


def flows_of(queues: Sequence[Queue], now: dt.datetime) -> dict[int, Flow]:
    """What came and went in each queue, by days of the zone of ``now``, with the ages. Three queries."""
    numbers = [queue.pk for queue in queues]
    old, rows = ages_of(queues, now), QueueFlow.objects.filter(queue_id__in=numbers, at__isnull=False)
    since = dict(rows.values_list("queue_id").annotate(Min("at")))
    counted: dict[int, dict[dt.date, DayFlow]] = defaultdict(dict)
    with connection.cursor() as cursor:
        first = _midnight(now) - dt.timedelta(days=DAYS + 1)
        cursor.execute(_BY_DAY, {"queues": numbers, "zone": str(now.tzinfo), "first": first})
        for queue, day, came, went in cursor.fetchall():
            counted[queue][day] = DayFlow(day, came, went)
    return {queue: _flow(old.get(queue), counted[queue], since.get(queue), now) for queue in numbers}


def _flow(old: Ages | None, counted: dict[dt.date, DayFlow], since: dt.datetime | None, now: dt.datetime) -> Flow:
    """Full days alone: neither today nor the day on which the counting started."""
    today = now.date()
    if since is None:
        return Flow(old or Ages(), DayFlow(today, 0, 0))
    first = since.astimezone(now.tzinfo).date() + dt.timedelta(days=1)
    wanted = (today - dt.timedelta(days=ago) for ago in range(DAYS, 0, -1))
    days = tuple(counted.get(day, DayFlow(day, 0, 0)) for day in wanted if day >= first)
    return Flow(old or Ages(), counted.get(today, DayFlow(today, 0, 0)), days)


def _midnight(now: dt.datetime) -> dt.datetime:
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


_BY_DAY = """
SELECT queue_id, (at AT TIME ZONE %(zone)s)::date AS day, sum(came)::bigint, sum(went)::bigint
FROM days_queueflow WHERE queue_id = ANY(%(queues)s) AND at >= %(first)s
GROUP BY queue_id, day
"""
