"""People as a set-up file names them: by username."""

from __future__ import annotations

from console.errors import Invalid
from console.people.models import User, UserKind
from triage.queues.models import Queue


def person_named(username: str | None) -> User | None:
    """The person of that username; None for none. Raises Invalid."""
    if username is None:
        return None
    found = User.objects.filter(username=username, kind=UserKind.PERSON, is_active=True).first()
    if found is None:
        raise Invalid(f"There is no active person of the username “{username}”.")
    return found


def people_told(queue: Queue) -> dict[str, User | None]:
    """Who hears of a queue's overdue critical cases, as entries name them."""
    return {"responsible": queue.responsible, "deputy": queue.deputy}
