"""Find a case by its number."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone

from console.capabilities.parts import Hit
from console.numbers import numbered
from console.people import permissions
from console.people.models import User
from console.ui.dates import clock
from triage.cases import kinds
from triage.cases.models import Case, State
from triage.queues.models import Severity


def find(user: User, text: str, limit: int) -> list[Hit]:
    """The case of that number, ``EX-1042`` or ``1042``, if this person may see its queue. One query, by its key.

    A hit says at most what a row of a list says, and nothing of a patient.
    """
    number = numbered(text, "EX")
    found = Case.objects.select_related("queue").filter(pk=number).first() if number else None
    if found is None or not permissions.may(user, "cases.see_queue", found.queue):
        return []
    return [hit(found)][:limit]


def hit(case: Case) -> Hit:
    """A case as a search shows it. Its queue must be loaded."""
    words = [kinds.label(case.kind), case.queue.name, Severity(case.severity).label]
    return Hit(
        title=case.ref,
        url=reverse("cases:case", args=[case.ref]),
        detail=", ".join(words) + _due(case),
        state=case.state,
    )


def _due(case: Case) -> str:
    """When an unresolved case is due, to follow what else is said of it."""
    if case.state not in State.PENDING:
        return ""
    late = ", overdue since" if case.due_at < timezone.now() else ", due"
    return f"{late} {clock(case.due_at)}"
