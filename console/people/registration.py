"""What people bring along: navigation, the checklist of a new console, the book's verbs, the session's clock."""

from __future__ import annotations

from typing import Any, Final

from django.contrib.auth.signals import user_logged_in

from console.audit import verbs
from console.home import Step, register_step
from console.people import middleware, openapi  # noqa: F401 - openapi teaches the API's schema about tokens
from console.people.models import User, UserKind
from console.ui import nav
from console.ui.nav import NavItem

PEOPLE, SERVICES = "people.manage_people", "people.manage_service_accounts"
GROUP = "Administration"

#: What the book says of people: verb, sentence after the actor's name, icon.
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
)


def register() -> None:
    """Register all of it, once the apps are ready."""
    for code, sentence, icon in VERBS:
        verbs.register(code, sentence, icon)
    user_logged_in.connect(_start_clock, dispatch_uid="people.start_clock")
    nav.register(NavItem("Home", "home", "house", key="g h", order=0))
    nav.register(NavItem("People", "people:people", "users", key="g p", permission=PEOPLE, order=800, group=GROUP))
    nav.register(NavItem("Service accounts", "people:services", "bot", permission=SERVICES, order=810, group=GROUP))
    colleagues = "Reviewers decide, leads run queues, operators take runs in: grant each a role."
    register_step(Step("Invite colleagues", colleagues, "people:invite", PEOPLE, _has_colleagues, order=10))
    pipeline = "The pipeline pushes runs and reads decisions with a token of its own."
    register_step(Step("Make a service account", pipeline, "people:services", SERVICES, _has_service, order=40))


def _has_colleagues() -> bool:
    return User.objects.filter(kind=UserKind.PERSON).order_by().values("pk")[1:2].exists()


def _has_service() -> bool:
    return User.objects.filter(kind=UserKind.SERVICE).exists()


def _start_clock(request: Any, **_: Any) -> None:
    if request is not None and hasattr(request, "session"):
        middleware.start(request)
