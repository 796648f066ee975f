"""What people declare: navigation, steps of the set-up, verbs, permissions, the clock of a session."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.apps import apps
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_migrate

from console.capabilities.declaration import Capability
from console.capabilities.parts import Check, Command, NavItem, Permission, SearchSource, Step
from console.capabilities.soundness import undeclared
from console.people import middleware, openapi, search, sign_in_log  # noqa: F401 - openapi and sign_in_log register themselves
from console.people.actions import create_declared_permissions
from console.people.models import User, UserKind
from console.people.roles import ROLES

PEOPLE, SERVICES = "people.manage_people", "people.manage_service_accounts"
GROUP: Final = "Administration"

#: What the audit log says of people: verb, sentence after the actor's name, icon.
VERBS: Final = (
    ("person.invited", "invited {username}", "user-plus"),
    ("person.made", "created the account {username}", "user-plus"),
    ("person.deactivated", "deactivated {username}; {tokens} tokens revoked", "user-x"),
    ("person.reactivated", "reactivated {username}", "user-check"),
    ("role.granted", "granted {username} the role {role} on {scope}", "key-round"),
    ("role.revoked", "revoked the role {role} on {scope} from {username}", "key-round"),
    ("role.synced", "brought {changed} permissions in line with the roles", "refresh-cw"),
    ("service.made", "made the service account {username}", "bot"),
    ("token.issued", "issued the token {token} of {username}: {scopes}, for {days} days", "ticket"),
    ("token.revoked", "revoked the token {token} of {username}", "ticket-x"),
    ("session.proof_failed", "failed re-authentication ({way}) to {act} {signing}", "shield-x"),
    ("token.used", "used the token {token} on {day}", "ticket-check"),
    # Signing in
    ("session.signed_in", "signed in", "log-in"),
    ("session.signed_out", "signed out", "log-out"),
    ("session.sign_in_failed", "sign-in failed", "shield-x"),
    ("session.reauthenticated", "re-authenticated", "key-round"),
    ("session.second_factor_failed", "failed multi-factor authentication", "shield-x"),
    ("person.password_changed", "changed their password", "key-round"),
    ("person.password_reset", "reset their password", "key-round"),
    ("person.password_set", "set a password", "key-round"),
    ("person.email_changed", "changed their e-mail address", "mail"),
    ("person.factor_added", "added an MFA method: {type}", "shield-plus"),
    ("person.factor_removed", "removed an MFA method: {type}", "shield-minus"),
    ("person.factor_reset", "renewed an MFA method: {type}", "shield"),
)


def _has_colleagues() -> bool:
    return User.objects.filter(kind=UserKind.PERSON).order_by().values("pk")[1:2].exists()


def _has_service() -> bool:
    return User.objects.filter(kind=UserKind.SERVICE).exists()


def _start_clock(request: Any, **_: Any) -> None:
    if request is not None and hasattr(request, "session"):
        middleware.start(request)


def _undeclared() -> Iterator[str]:
    """Roles may hold nothing but declared permissions."""
    for role in ROLES.values():
        for permission in undeclared(role.permissions):
            yield f"The role {role.name!r} holds the permission {permission!r}, which no capability declares."


def _create_permissions(using: str, apps: Any, **_: Any) -> None:
    create_declared_permissions(using=using, apps=apps)


def _connect() -> None:
    post_migrate.connect(
        _create_permissions, sender=apps.get_app_config("people"), dispatch_uid="people.declared_permissions"
    )
    user_logged_in.connect(_start_clock, dispatch_uid="people.start_clock")


_COLLEAGUES = "Reviewers decide, leads run queues, operators take runs in: grant each a role."
_PIPELINE = "The pipeline pushes runs and reads decisions with a token of its own."

CAPABILITY: Final = Capability(
    urls="console.people.urls",
    api_urls="console.people.api_urls",
    navigation=(
        NavItem("Home", "home", "house", key="g h", order=0),
        NavItem("People", "people:people", "users", "g p", PEOPLE, 800, GROUP),
        NavItem("Service accounts", "people:services", "bot", "", SERVICES, 810, GROUP),
    ),
    commands=(
        Command(label="My roles and permissions", url_name="people:me", icon="id-card", order=200),
        Command(label="Multi-factor authentication", url_name="mfa_index", icon="shield-check", order=200),
        Command(label="Change password", url_name="account_change_password", icon="key-round", order=200),
        Command(label="Invite someone", url_name="people:invite", icon="user-plus", permission=PEOPLE),
        Command(label="Sign out", url_name="account_logout", icon="log-out", order=990),
    ),
    search=(
        SearchSource(
            code="people", label="People", icon="user", find=search.find, permission=PEOPLE, order=110, sign="@"
        ),
    ),
    steps=(
        Step("Invite colleagues", _COLLEAGUES, "people:invite", PEOPLE, _has_colleagues, order=10),
        Step("Make a service account", _PIPELINE, "people:services", SERVICES, _has_service, order=40),
    ),
    verbs=VERBS,
    families={
        "person": "People",
        "role": "Roles",
        "service": "Service accounts",
        "token": "Tokens",
        "session": "Sign-in",
    },
    permissions=(
        Permission("people.User", "manage_people", "Invite and deactivate people, grant roles"),
        Permission("people.User", "manage_service_accounts", "Make service accounts and their tokens"),
    ),
    checks=(Check("roles", _undeclared),),
    connect=(_connect,),
)
