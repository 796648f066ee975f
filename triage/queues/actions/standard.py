"""The standard queues: what a hospital starts from, so that the first run lands somewhere sensible."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.db.models import Max

from console.audit import log
from console.errors import Invalid
from console.people.models import User
from triage.queues import kinds
from triage.queues.actions.queues import require_set_up
from triage.queues.kinds import QueueKind
from triage.queues.models import BusinessCalendar, Queue, QueueTarget, RoutingRule, Severity, SlaPolicy

CALENDAR: Final = "Working days"
WEEKDAYS: Final = {day: [["08:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}

#: Minutes until due, of the clock for critical ones and of working time for the rest.
DUE: Final = ((Severity.CRITICAL, 4 * 60, False), (Severity.HIGH, 10 * 60, True), (None, 3 * 10 * 60, True))


def make_standard_queues(*, time_zone: str = "UTC", undo_seconds: int = 120, by: User) -> list[Queue]:
    """Make the standard queues and routing rules of every kind of case that has no queue yet.

    With the first of them come a calendar and SLA targets. Raises Denied without permission, Invalid when each kind has
    queues already: then they are changed one by one.
    """
    require_set_up(by, to="set up queues")
    with log.transaction(by=by, purpose="make_standard_queues"):
        taken = set(Queue.objects.select_for_update().values_list("kind", flat=True))
        wanting = [kind for kind in kinds.registered() if kind.standard.queues and kind.code not in taken]
        if not wanting:
            raise Invalid("There are queues already. Change them one by one instead.")
        queues = [queue for kind in wanting for queue in _make(kind, undo_seconds)]
        if not taken:
            _make_due(time_zone)
        log.record("queue.standard_set", subject=queues[0], by=by, facts={"queues": [queue.slug for queue in queues]})
    return queues


def _make(kind: QueueKind, undo_seconds: int) -> Iterable[Queue]:
    """The queues of one kind, after those that are there, with the queues they send on to and their routing."""
    last = Queue.objects.aggregate(last=Max("order"))["last"] or 0
    made = {
        spec.slug: Queue.objects.create(
            slug=spec.slug,
            name=spec.name,
            purpose=spec.purpose,
            kind=kind.code,
            order=last + 10 * number,
            undo_seconds=undo_seconds,
        )
        for number, spec in enumerate(kind.standard.queues, start=1)
    }
    QueueTarget.objects.bulk_create(
        QueueTarget(queue=made[spec.slug], name=name, to=made[slug])
        for spec in kind.standard.queues
        for name, slug in spec.targets.items()
    )
    _route(kind, made)
    return made.values()


def _route(kind: QueueKind, made: dict[str, Queue]) -> None:
    last = RoutingRule.objects.aggregate(last=Max("order"))["last"] or 0
    for number, rule in enumerate(kind.standard.rules, start=1):
        RoutingRule.objects.create(
            order=last + 10 * number,
            name=rule.name,
            kind=kind.code,
            conditions=rule.conditions,
            queue=made[rule.queue],
            priority=rule.priority,
        )


def _make_due(time_zone: str) -> None:
    calendar = BusinessCalendar.objects.create(name=CALENDAR, time_zone=time_zone, weekly=WEEKDAYS)
    for severity, minutes, working in DUE:
        SlaPolicy.objects.create(severity=severity, minutes=minutes, calendar=calendar if working else None)
