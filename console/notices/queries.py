"""Read notices: always those of one person only."""

from __future__ import annotations

from typing import Final

from django.db.models import QuerySet

from console import keyset
from console.errors import Missing
from console.keyset import TOP, Page, Place
from console.notices.models import Notice
from console.people.models import User

#: The bell counts no further than this.
COUNTED: Final = 100


def _of(user: User) -> QuerySet[Notice]:
    """All notices of this person, the newest first."""
    return Notice.objects.filter(to=user).select_related("by").order_by("-pk")


def _unread(user: User) -> QuerySet[Notice]:
    """Those that they have not read and that still ask for something."""
    return _of(user).filter(read_at__isnull=True, over_at__isnull=True)


def page_of_notices(user: User, *, everything: bool, place: Place = TOP) -> Page[Notice]:
    """One page of a person's notices, the newest first; unread ones only unless ``everything``."""
    return keyset.page(_of(user) if everything else _unread(user), keyset.NEWEST, place)


def unread_count(user: User) -> int:
    """How many notices this person has not read: at most ``COUNTED``, which stands for that many or more."""
    return Notice.objects.filter(to=user, read_at__isnull=True, over_at__isnull=True)[:COUNTED].count()


def urgent(user: User, *, size: int = 10) -> list[Notice]:
    """The newest urgent notices that this person has not read."""
    return list(_unread(user).filter(urgent=True)[:size])


def has_urgent(user: User) -> bool:
    """True if something urgent waits for this person."""
    return Notice.objects.filter(to=user, read_at__isnull=True, over_at__isnull=True, urgent=True).exists()


def notice_of(user: User, number: int) -> Notice:
    """One of this person's notices. Raises Missing for anybody else's too."""
    found = _of(user).filter(pk=number).first()
    if found is None:
        raise Missing("There is no such notice, or it is not yours.")
    return found
