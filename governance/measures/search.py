"""Find measures by code or title."""

from __future__ import annotations

from django.urls import reverse

from console.capabilities.parts import Hit
from console.people.models import User
from governance.measures.queries import catalogue


def find(user: User, text: str, limit: int) -> list[Hit]:
    """The measures whose code or title holds the text: those of the console and those of this hospital. One query."""
    wanted = text.casefold()
    found = [one for one in catalogue() if wanted in f"{one.code}\n{one.title}".casefold()]
    return [
        Hit(title=one.title, url=reverse("measures:measure", args=[one.code]), detail=one.code) for one in found[:limit]
    ]
