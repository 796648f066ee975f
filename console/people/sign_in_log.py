"""Log sign-in events of Django and allauth. Each entry is part of the request that caused it.

No typed text is logged: a wrong username may well be a password in the wrong field.
"""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account
from allauth.mfa import signals as mfa
from django.contrib.auth import signals as auth
from django.dispatch import receiver

from console.audit import log
from console.people.models import User


def _own(verb: str, user: User | None, **facts: Any) -> None:
    """Write one entry of a person about themselves."""
    if user is not None and user.pk is not None:
        with log.transaction(by=user, purpose=verb):
            log.record(verb, subject=user, by=user, facts=facts)


@receiver(auth.user_logged_in, dispatch_uid="book")
def _signed_in(user: User, **_: Any) -> None:
    _own("session.signed_in", user)


@receiver(auth.user_logged_out, dispatch_uid="book")
def _signed_out(user: User | None = None, **_: Any) -> None:
    _own("session.signed_out", user)


@receiver(auth.user_login_failed, dispatch_uid="book")
def _sign_in_failed(**_: Any) -> None:
    with log.unattributed(purpose="session.sign_in_failed"):
        log.record("session.sign_in_failed", subject="sign-in", by=None)


@receiver(account.authentication_step_completed, dispatch_uid="book")
def _step(user: User, method: str = "", **details: Any) -> None:
    if details.get("reauthenticated"):
        _own("session.reauthenticated", user, method=method)


@receiver(account.password_changed, dispatch_uid="book")
def _password_changed(user: User, **_: Any) -> None:
    _own("person.password_changed", user)


@receiver(account.password_set, dispatch_uid="book")
def _password_set(user: User, **_: Any) -> None:
    _own("person.password_set", user)


@receiver(account.password_reset, dispatch_uid="book")
def _password_reset(user: User, **_: Any) -> None:
    _own("person.password_reset", user)


@receiver(account.email_changed, dispatch_uid="book")
def _email_changed(user: User, **_: Any) -> None:
    _own("person.email_changed", user)


@receiver(mfa.authenticator_added, dispatch_uid="book")
def _factor_added(user: User, authenticator: Any, **_: Any) -> None:
    _own("person.factor_added", user, type=str(authenticator.type))


@receiver(mfa.authenticator_removed, dispatch_uid="book")
def _factor_removed(user: User, authenticator: Any, **_: Any) -> None:
    _own("person.factor_removed", user, type=str(authenticator.type))


@receiver(mfa.authenticator_reset, dispatch_uid="book")
def _factor_reset(user: User, authenticator: Any, **_: Any) -> None:
    _own("person.factor_reset", user, type=str(authenticator.type))


@receiver(mfa.authentication_failed, dispatch_uid="book")
def _second_factor_failed(user: User, **_: Any) -> None:
    _own("session.second_factor_failed", user)
