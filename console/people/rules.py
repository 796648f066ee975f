"""What may be done to people, roles and tokens: pure answers, fit for buttons, forms and the API alike."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from functools import cache
from typing import Final
from zoneinfo import available_timezones

from console.answers import Allowed, Answer, Forbidden
from console.errors import Invalid
from console.people.models import User, UserKind
from console.people.roles import CONSOLE, ROLES, Role

TOKEN_DAYS: Final = 90
TOKEN_DAYS_MAX: Final = 366


def may_grant(*, by: User, user: User, role: str, scope: str) -> Answer:
    """May ``by`` give ``role`` to ``user`` on ``scope`` (``console`` or a model such as ``cases.queue``)?"""
    known = ROLES.get(role)
    if known is None:
        return Forbidden(f"There is no role called {role[:40]!r}.", Invalid)
    if by.pk == user.pk:
        return Forbidden("You cannot grant a role to yourself. Ask another administrator.")
    return _fits(user, known) and _fits_scope(known, scope)


def _fits(user: User, role: Role) -> Answer:
    if user.kind == UserKind.SYSTEM:
        return Forbidden("The system account cannot hold roles.")
    if not user.is_active:
        return Forbidden(f"{user} is deactivated; reactivate the account before granting roles.")
    if role.for_services and user.kind != UserKind.SERVICE:
        return Forbidden(f"The role {role.label} is for service accounts; {user} is a person.", Invalid)
    if not role.for_services and user.kind != UserKind.PERSON:
        return Forbidden(f"The role {role.label} is for people; {user} is a service account.", Invalid)
    return Allowed()


def _fits_scope(role: Role, scope: str) -> Answer:
    if scope in role.scopes:
        return Allowed()
    where = "on the whole console" if scope == CONSOLE else f"on a {scope.rpartition('.')[2]}"
    return Forbidden(f"The role {role.label} cannot be granted {where}.", Invalid)


def may_deactivate(*, by: User, user: User) -> Answer:
    """May ``by`` shut ``user`` out?"""
    if user.kind == UserKind.SYSTEM:
        return Forbidden("Concord's own account cannot be changed.")
    if by.pk == user.pk:
        return Forbidden("You cannot deactivate your own account. Ask another administrator.")
    return Allowed() if user.is_active else Forbidden(f"{user} is deactivated already.")


def may_reactivate(*, by: User, user: User) -> Answer:
    """May ``by`` let ``user`` in again?"""
    if user.kind == UserKind.SYSTEM:
        return Forbidden("Concord's own account cannot be changed.")
    return Forbidden(f"{user} is active already.") if user.is_active else Allowed()


def may_issue(*, user: User, days: int, scopes: Collection[str], held: Collection[str]) -> Answer:
    """May a token with these ``scopes`` and ``days`` of life be issued to ``user``, who holds ``held`` permissions?"""
    if user.kind != UserKind.SERVICE:
        return Forbidden("Tokens belong to service accounts; people sign in.", Invalid)
    if not user.is_active:
        return Forbidden(f"{user} is deactivated; reactivate the account before issuing tokens.")
    if not 1 <= days <= TOKEN_DAYS_MAX:
        return Forbidden(f"A token must be valid for 1 to {TOKEN_DAYS_MAX} days.", Invalid)
    if not scopes:
        return Forbidden(f"{user} has no permission that a token can use. Grant a role first.", Invalid)
    beyond = sorted(set(scopes) - set(held))
    if beyond:
        return Forbidden(f"A token cannot have more permissions than its account: {', '.join(beyond)[:200]}.", Invalid)
    return Allowed()


def token_problem(*, revoked: bool, expires_at: dt.datetime, active: bool, now: dt.datetime) -> str:
    """Why a token is refused, as a sentence; empty when it is good."""
    if revoked:
        return "This token was revoked."
    if expires_at <= now:
        return f"This token expired on {expires_at:%d %B %Y}; ask an administrator for a new one."
    if not active:
        return "The service account of this token is deactivated."
    return ""


@cache
def _time_zones() -> frozenset[str]:
    # Walks the time zone database's files: 70 ms, so once a process and not once a request.
    return frozenset(available_timezones())


def is_time_zone(name: str) -> bool:
    """True for a name of the time zone database."""
    return name in _time_zones()


def session_ended(*, started_at: int, seen_at: int, now: int, idle: int, limit: int) -> str:
    """Why a session is over: ``idle``, ``limit``, or empty while it lasts. All in seconds.

    A clock that was set back by more than ``idle`` ends it too: otherwise its length would be unknown.
    """
    if now - started_at >= limit:
        return "limit"
    return "idle" if abs(now - seen_at) >= idle else ""
