"""Service accounts and their tokens. A token is shown once and kept as a hash."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Collection
from dataclasses import dataclass

from django.utils import timezone

from console.audit import log
from console.errors import Invalid
from console.people import permissions, queries, rules, secret
from console.people.actions.people import draft
from console.people.models import ServiceToken, User, UserKind


@dataclass(frozen=True, slots=True)
class Issued:
    """A new token, with the only copy of its text that there will ever be."""

    token: ServiceToken
    text: str


def make_service_account(*, username: str, name: str = "", by: User) -> User:
    """Make an account that cannot sign in and works by tokens. Raises Denied, Invalid."""
    permissions.require(by, "people.manage_service_accounts", to="make service accounts")
    with log.transaction(by=by, purpose="make_service_account"):
        user = draft(username=username, name=name or username, email="", kind=UserKind.SERVICE)
        user.set_unusable_password()
        user.save()
        log.record("service.made", subject=user, by=by, facts={"username": user.username})
    return user


def issue_token(
    *, user: User, name: str, by: User, days: int = rules.TOKEN_DAYS, scopes: Collection[str] | None = None
) -> Issued:
    """Issue a token that lives for ``days`` and allows ``scopes`` (by default all that the account's roles give).

    Raises Denied without permission, Invalid for scopes beyond the account's or a life that is too long.
    """
    permissions.require(by, "people.manage_service_accounts", to="issue tokens")
    if not 0 < len(name.strip()) <= 100:
        raise Invalid("Enter a token name of at most 100 characters.")
    text = secret.PREFIX + secrets.token_urlsafe(32)
    with log.transaction(by=by, purpose="issue_token"):
        account = User.objects.select_for_update().get(pk=user.pk)
        held = queries.held(account)
        wanted = sorted(held if scopes is None else set(scopes))
        rules.may_issue(user=account, days=days, scopes=wanted, held=held).require()
        if ServiceToken.objects.filter(user=account, name=name.strip()).exists():
            raise Invalid("This account has a token of that name already.")
        token = ServiceToken.objects.create(
            user=account,
            name=name.strip(),
            digest=secret.digest(text),
            hint=text[:8],
            scopes=wanted,
            created_by=by,
            expires_at=timezone.now() + dt.timedelta(days=days),
        )
        facts = {"username": account.username, "token": token.name, "scopes": wanted, "days": days}
        log.record("token.issued", subject=account, by=by, facts=facts)
    return Issued(token, text)


def revoke_token(*, token: ServiceToken, by: User) -> ServiceToken:
    """End a token at once. One that was revoked already stays as it is."""
    permissions.require(by, "people.manage_service_accounts", to="revoke tokens")
    with log.transaction(by=by, purpose="revoke_token"):
        locked = ServiceToken.objects.select_for_update().select_related("user").get(pk=token.pk)
        if locked.revoked_at is None:
            locked.revoked_at = timezone.now()
            locked.save(update_fields=["revoked_at"])
            facts = {"username": locked.user.username, "token": locked.name}
            log.record("token.revoked", subject=locked.user, by=by, facts=facts)
    return locked


def note_use(*, token: ServiceToken, by: User) -> None:
    """Keep the day of a token's use: the first request of a day writes and books, all others only compare."""
    today = timezone.now().date()
    if token.last_used_on == today:
        return
    with log.transaction(by=by, purpose="note_use"):
        locked = ServiceToken.objects.select_for_update().get(pk=token.pk)
        if locked.last_used_on != today:
            locked.last_used_on = today
            locked.save(update_fields=["last_used_on"])
            log.record("token.used", subject=by, by=by, facts={"token": locked.name, "day": today.isoformat()})
