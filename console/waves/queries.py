"""What is read about waves."""

from __future__ import annotations

from typing import Final

from console import keyset
from console.errors import Missing
from console.keyset import TOP, Page, Place
from console.people.models import User
from console.people.permissions import scoped
from console.waves.models import Wave

BY_SLUG: Final = keyset.Order(keyset.text("slug"))


def page_of_waves(user: User, *, place: Place = TOP, size: int = keyset.PAGE) -> Page[Wave]:
    """One page of the waves that ``user`` may see, by identifier."""
    return keyset.page(scoped(user, "waves.view_wave", Wave.objects.all()), BY_SLUG, place, size=size)


def wave_seen_by(user: User, slug: str) -> Wave:
    """The wave of that slug. Raises Missing if there is none or this person may not know of it."""
    found = scoped(user, "waves.view_wave", Wave.objects.filter(slug=slug)).first()
    if found is None:
        raise Missing("There is no such wave, or you may not see it.")
    return found
