"""Find queues by name."""

from __future__ import annotations

from django.urls import reverse

from console.capabilities.parts import Hit
from console.people.models import User
from triage.queues import kinds
from triage.queues.queries import visible_queues


def find(user: User, text: str, limit: int) -> list[Hit]:
    """The active queues that this person may see whose name holds the text. One query."""
    wanted = text.casefold()
    found = [queue for queue in visible_queues(user) if wanted in f"{queue.name}\n{queue.slug}".casefold()]
    return [
        Hit(
            title=queue.name,
            url=reverse("cases:queue", args=[queue.slug]),
            detail=f"{queue.slug}, {kinds.label(queue.kind).lower()}",
        )
        for queue in found[:limit]
    ]
