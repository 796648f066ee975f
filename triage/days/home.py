"""What a reviewer's home page shows of their claims and queues. Every function costs a constant number of queries."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from console.people import permissions
from console.people.models import User
from triage.cases import places, queries, worklists
from triage.cases.models import Claim
from triage.cases.places import Standing
from triage.cases.queries import Pressure
from triage.days.ages import Ages, AgeStep
from triage.days.flow import ages_of
from triage.days.today import midnight
from triage.queues import queries as queue_queries
from triage.queues.models import Queue

#: So many queues have a key of their own.
KEYS: Final = 3


@dataclass(frozen=True, slots=True)
class Resume:
    """The case that a person worked last and holds: its place in its queue, and how many more they hold."""

    claim: Claim
    standing: Standing | None
    others: int


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One of a person's queues. ``key``: the key that claims its next case, if it has one.

    ``pressure`` is that of the end of today: what is due by then, or was.
    """

    queue: Queue
    open: int
    pressure: Pressure
    ages: Ages
    works: bool
    key: str = ""

    @property
    def due_today(self) -> str:
        """How many are due today or overdue, as a word: counted to a thousand."""
        return "1,000+" if self.pressure.capped else f"{self.pressure.overdue:,}"

    @property
    def oldest(self) -> AgeStep | None:
        """Those that have waited longest."""
        return self.ages.steps[-1] if self.ages.steps else None


def resume_for(person: User, now: dt.datetime) -> Resume | None:
    """Where this person was: of the claims they hold, the one started or renewed last. None when they hold none."""
    held = queries.claims_of(person, now)
    if not held:
        return None
    last = max(held, key=lambda claim: claim.expires_at - dt.timedelta(seconds=claim.case.queue.lease_seconds))
    worklist = worklists.of(person, last.case.queue, {})
    return Resume(last, places.standing(worklist.filters, last.case, now=now), len(held) - 1)


def queues_for(person: User, now: dt.datetime) -> tuple[list[QueueRow], list[Queue]]:
    """The queues that this person works, or may see if they work none: those with open cases, first due first.

    The others, where nothing waits, are given apart.
    """
    visible = queue_queries.visible_queues(person)
    working = [queue for queue in visible if permissions.may(person, queue_queries.WORK, queue)]
    shown = working or visible
    counts, old = queries.tally(shown), ages_of(shown, now)
    due = queries.pressure(shown, midnight(now + dt.timedelta(days=1)))
    first = {queue.pk: due[queue.pk].earliest for queue in shown}
    waiting = [queue for queue in shown if counts[queue.pk]["open"] and first[queue.pk]]
    waiting.sort(key=lambda queue: (first[queue.pk], queue.order, queue.slug))
    rows = [
        QueueRow(
            queue,
            counts[queue.pk]["open"],
            due[queue.pk],
            ages=old.get(queue.pk, Ages()),
            works=bool(working),
            key=str(place) if working and place <= KEYS else "",
        )
        for place, queue in enumerate(waiting, 1)
    ]
    return rows, [queue for queue in shown if queue not in waiting]
