"""Who may enter the demonstration with one press, by role."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.db.models import QuerySet

from console.people.models import User, UserKind
from console.people.roles import ROLES
from samples.cast import CAST, Member, address_of, password_under

_CAST: Final[Mapping[str, Member]] = {member.username: member for member in CAST}


@dataclass(frozen=True, slots=True)
class Group:
    """The people of one role, who are offered together."""

    label: str
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """What the sign-in page offers: people by role, and the password that their signatures ask for."""

    groups: tuple[Group, ...]
    password: str


def offered() -> Offer | None:
    """The people of the demonstration who can enter; None outside it."""
    if not settings.DEMO:
        return None
    here = set(_people().values_list("username", flat=True))
    members = [member for member in CAST if member.username in here]
    roles = dict.fromkeys(member.role for member in members)
    groups = (Group(ROLES[role].label, tuple(m for m in members if m.role == role)) for role in roles)
    return Offer(tuple(groups), password_under(settings.CONCORD_HOME)) if members else None


def person_named(username: str) -> User | None:
    """The person of the demonstration with that username; None for all others, and outside the demonstration."""
    return _people().filter(username=username).first() if settings.DEMO else None


def _people() -> QuerySet[User]:
    """Active accounts that ``samples.cast`` made: its usernames with its addresses."""
    made = {name: address_of(name) for name in _CAST}
    active = User.objects.filter(kind=UserKind.PERSON, is_active=True)
    return active.filter(username__in=made, email__in=made.values())
