"""The standard queues: what a hospital starts from, so that the first run lands somewhere sensible."""

from __future__ import annotations

from typing import Any, Final

from console.audit import log
from console.errors import Invalid
from console.people import permissions
from console.people.models import User
from triage.cases.models import BusinessCalendar, CaseKind, Queue, RoutingRule, Severity, SlaPolicy

WEEKDAYS: Final = {day: [["08:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}

#: slug, name, purpose; the first takes what no rule sends elsewhere.
QUEUES: Final = (
    ("identity", "Identity matches", "Ambiguous pairs without a clinically significant conflict."),
    ("identity-high-risk", "High-risk matches", "Conflicting identifiers or charts, twins, more than two records."),
    ("identity-escalated", "Escalated matches", "Cases escalated by a reviewer."),
    ("identity-overlays", "Suspected overlays", "One record that may contain two patients. Urgent."),
)

#: Routing of merges to the high-risk queue: rule name, conditions, priority within the severity.
HIGH_RISK: Final[tuple[tuple[str, dict[str, Any], int], ...]] = (
    ("Critical and high severity", {"severity_at_least": int(Severity.HIGH)}, 20),
    (
        "Clinically significant conflicts",
        {
            "any_reason": [
                "conflicting_identifier",
                "possible_twin",
                "allergy_conflict",
                "blood_type_conflict",
                "conflicting_sex",
            ]
        },
        10,
    ),
    ("More than two records", {"size_at_least": 3}, 0),
)

#: Minutes until due, of the clock for critical ones and of working time for the rest.
DUE: Final = ((Severity.CRITICAL, 4 * 60, False), (Severity.HIGH, 10 * 60, True), (None, 3 * 10 * 60, True))


def make_standard_queues(*, time_zone: str = "UTC", undo_seconds: int = 120, by: User) -> list[Queue]:
    """Make the standard queues with their calendar, due times and routing rules.

    Raises Denied without permission, Invalid when there are queues already: then they are changed one by one.
    """
    permissions.require(by, "cases.manage_queue", to="set up queues")
    with log.transaction(by=by, purpose="make_standard_queues"):
        if Queue.objects.select_for_update().exists():
            raise Invalid("There are queues already. Change them one by one instead.")
        calendar = BusinessCalendar.objects.create(name="Working days", time_zone=time_zone, weekly=WEEKDAYS)
        queues = [
            Queue.objects.create(
                slug=slug, name=name, purpose=purpose, kind=CaseKind.MERGE, order=10 * number, undo_seconds=undo_seconds
            )
            for number, (slug, name, purpose) in enumerate(QUEUES, start=1)
        ]
        first, risky, escalated, overlays = queues
        for queue in (first, risky):
            queue.escalates_to, queue.overlays_to = escalated, overlays
            queue.save(update_fields=["escalates_to", "overlays_to"])
        escalated.overlays_to = overlays
        escalated.save(update_fields=["overlays_to"])
        for severity, minutes, working in DUE:
            SlaPolicy.objects.create(severity=severity, minutes=minutes, calendar=calendar if working else None)
        _route(risky)
        log.record("queue.standard_set", subject=first, by=by, facts={"queues": [queue.slug for queue in queues]})
    return queues


def _route(risky: Queue) -> None:
    for number, (name, conditions, priority) in enumerate(HIGH_RISK, start=1):
        RoutingRule.objects.create(
            order=10 * number,
            name=name,
            kind=CaseKind.MERGE,
            conditions=conditions,
            queue=risky,
            priority=priority,
        )
