"""People invited, made, shut out and let in again."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone

from console import fact_changes
from console.audit import log
from console.errors import Invalid
from console.people import permissions, rules
from console.people.causes import PeopleCause
from console.people.models import ServiceToken, User, UserKind


@dataclass(frozen=True, slots=True)
class Invitation:
    """A person who may set a password with ``key`` (once, for as long as password links last)."""

    user: User
    key: str


def invite_person(*, username: str, name: str, email: str, by: User) -> Invitation:
    """Make an account without a password, and a link's key by which the person sets one.

    Raises Denied without permission, Invalid for a name or address that is taken or makes no sense.
    """
    permissions.require(by, "people.manage_people", to="invite people")
    if not email:
        raise Invalid("An invited person needs an e-mail address: single sign-on and lost passwords go by it.")
    with log.transaction(by=by, purpose="invite_person"):
        user = draft(username=username, name=name, email=email, kind=UserKind.PERSON)
        user.set_unusable_password()
        user.save()
        log.record("person.invited", subject=user, by=by, facts={"username": user.username})
    return Invitation(user, _password_key(user))


def make_person(*, username: str, name: str, email: str = "", password: str, by: User) -> User:
    """Make an account with a password: for the first administrator, and for demonstrations.

    Raises Denied without permission, Invalid for a name that is taken or a password that is too weak.
    """
    permissions.require(by, "people.manage_people", to="make accounts")
    with log.transaction(by=by, purpose="make_person"):
        user = draft(username=username, name=name, email=email, kind=UserKind.PERSON)
        try:
            validate_password(password, user)
        except ValidationError as error:
            raise Invalid(" ".join(error.messages)) from None
        user.set_password(password)
        user.save()
        log.record("person.made", subject=user, by=by, facts={"username": user.username})
    return user


def deactivate(*, user: User, by: User) -> User:
    """Deactivate a user at once: sessions end, tokens are revoked. What they did stays attributed to them."""
    _require(user, by, "deactivate")
    with log.transaction(by=by, purpose="deactivate"):
        locked = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        rules.may_deactivate(by=by, user=locked).require()
        locked.is_active = False
        locked.save(update_fields=["is_active"])
        live = ServiceToken.objects.filter(user=locked, revoked_at__isnull=True)
        revoked = live.update(revoked_at=timezone.now())
        _end_sessions(locked)
        log.record("person.deactivated", subject=locked, by=by, facts={"username": locked.username, "tokens": revoked})
        fact_changes.publish(PeopleCause.DEACTIVATED, waves=None, by=by, about=locked.username)
    return locked


def reactivate(*, user: User, by: User) -> User:
    """Reactivate a user, with the roles they had. Revoked tokens stay revoked."""
    _require(user, by, "reactivate")
    with log.transaction(by=by, purpose="reactivate"):
        locked = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        rules.may_reactivate(by=by, user=locked).require()
        locked.is_active = True
        locked.save(update_fields=["is_active"])
        log.record("person.reactivated", subject=locked, by=by, facts={"username": locked.username})
    return locked


def _end_sessions(user: User) -> None:
    """Delete the sessions of ``user``, or they would live again with the account. None says openly whose it is."""
    for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator():
        if session.get_decoded().get(SESSION_KEY) == str(user.pk):
            session.delete()


def _password_key(user: User) -> str:
    """The key of a link by which ``user`` sets a password; it dies with the next sign-in or change of password."""
    from allauth.account.forms import default_token_generator  # noqa: PLC0415 - its forms need the app registry
    from allauth.account.utils import user_pk_to_url_str  # noqa: PLC0415

    return f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"


def _require(user: User, by: User, verb: str) -> None:
    service = user.kind == UserKind.SERVICE
    permission = "people.manage_service_accounts" if service else "people.manage_people"
    permissions.require(by, permission, to=f"{verb} {'service accounts' if service else 'people'}")


def draft(*, username: str, name: str, email: str, kind: str) -> User:
    """An account that is not stored yet. Raises Invalid for a name or address that is taken or makes no sense."""
    user = User(
        username=username.strip(), name=name.strip(), email=User.objects.normalize_email(email.strip()), kind=kind
    )
    try:
        User.username_validator(user.username)
        if user.email:
            validate_email(user.email)
    except ValidationError as error:
        raise Invalid(" ".join(error.messages)) from None
    if not user.name:
        raise Invalid("An account needs a printed name.")
    if len(user.username) > 150 or len(user.name) > 150 or len(user.email) > 254:
        raise Invalid("A name has at most 150 characters, an e-mail address at most 254.")
    if User.objects.filter(username__iexact=user.username).exists():
        raise Invalid("There is an account of that name already.")
    if user.email and User.objects.filter(email__iexact=user.email).exists():
        raise Invalid("There is an account with that e-mail address already.")
    return user
