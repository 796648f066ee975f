"""What is read about waves."""

from __future__ import annotations

from console.errors import Missing
from console.people.models import User
from console.people.permissions import scoped
from console.people.queries import Page
from console.waves.models import Wave


def page_of_waves(user: User, *, after: str = "", size: int = 50) -> Page:
    """One page of the waves that ``user`` may see, after the slug ``after``."""
    visible = scoped(user, "waves.view_wave", Wave.objects.order_by("slug"))
    rows = list((visible.filter(slug__gt=after) if after else visible)[: size + 1])
    return Page(items=rows[:size], after=after, next=rows[size - 1].slug if len(rows) > size else "")


def wave_seen_by(user: User, slug: str) -> Wave:
    """The wave of that slug. Raises Missing if there is none or this person may not know of it."""
    found = scoped(user, "waves.view_wave", Wave.objects.filter(slug=slug)).first()
    if found is None:
        raise Missing("There is no such wave, or you may not see it.")
    return found
