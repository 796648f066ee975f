"""The workload of queues as their leads see it: what waits and since when, what comes and goes, who is on it.

Of people it counts how many hold claims, and nothing else: never what one of them does in a day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count

from console.errors import Denied
from console.people import permissions
from console.people.models import User
from triage.cases import queries
from triage.cases.models import Claim, State
from triage.cases.queries import Pressure
from triage.days.flow import Flow, flows_of
from triage.days.forecast import Forecast, forecast
from triage.queues import queries as queue_queries
from triage.queues.models import Queue


@dataclass(frozen=True, slots=True)
class Load:
    """One queue. ``paused``: cases that are deferred or wait for information; ``people``: those who hold claims."""

    queue: Queue
    flow: Flow
    forecast: Forecast
    pressure: Pressure
    paused: int
    people: int

    @property
    def waiting(self) -> int:
        """Cases that wait for a decision: open or in progress."""
        return self.flow.ages.total

    @property
    def overdue(self) -> str:
        """Open cases past their due time, as a word: counted to a thousand."""
        return "1,000+" if self.pressure.capped else f"{self.pressure.overdue:,}"

    @property
    def unattended(self) -> bool:
        """Whether cases are overdue and no reviewer is on any case of the queue."""
        return bool(self.pressure.overdue) and not self.people


def loads_for(by: User, now: dt.datetime) -> list[Load]:
    """The queues that this person leads, in order; days are those of the zone of ``now``. Raises Denied."""
    if not permissions.may_anywhere(by, queue_queries.MANAGE, Queue):
        raise Denied("Your roles do not allow you to see the workload of queues.")
    queues = [one for one in queue_queries.active_queues() if permissions.may(by, queue_queries.MANAGE, one)]
    flows, pressing, counts = flows_of(queues, now), queries.pressure(queues, now), queries.tally(queues)
    people = _people(queues, now)
    return [
        Load(
            queue,
            flow := flows[queue.pk],
            forecast(flow.ages.total, flow.days, today=now.date()),
            pressing[queue.pk],
            sum(counts[queue.pk][state] for state in State.PAUSED),
            people.get(queue.pk, 0),
        )
        for queue in queues
    ]


def _people(queues: Sequence[Queue], now: dt.datetime) -> dict[int, int]:
    """How many hold a claim in each queue now. There are as many claims as people hold at a time: a few each."""
    held = Claim.objects.filter(case__queue__in=queues, expires_at__gt=now, ahead=False)
    return dict(held.values_list("case__queue").annotate(Count("by", distinct=True)))
