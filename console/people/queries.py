"""What is read about people: lists, grants, tokens, and Concord's own account."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.apps import apps
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, Exists, Model, OuterRef, Q, QuerySet
from guardian.models import UserObjectPermission

from console import keyset
from console.errors import Missing
from console.keyset import TOP, Page, Place
from console.people.models import RoleGrant, ServiceToken, User, UserKind
from console.people.roles import CONSOLE, ROLES, Role

BY_USERNAME: Final = keyset.Order(keyset.text("username"))


@dataclass(frozen=True, slots=True)
class Grant:
    """A live grant as people read it: the role, and where it holds."""

    pk: int
    user_id: int
    role: Role
    scope: str
    granted_at: Any
    granted_by: str


def system() -> User:
    """Return the system account: the actor when no person acts."""
    return User.objects.get(kind=UserKind.SYSTEM)


def _users(kind: str) -> QuerySet[User]:
    """People or service accounts, by name, with the number of MFA methods and of live tokens."""
    return User.objects.filter(kind=kind).order_by("username")


def page_of_users(kind: str, *, place: Place = TOP, search: str = "") -> Page[User]:
    """One page of people or service accounts, by username."""
    found = _users(kind)
    if search:
        found = found.filter(Q(username__icontains=search) | Q(name__icontains=search) | Q(email__icontains=search))
    return keyset.page(found, BY_USERNAME, place)


def factors(people: Iterable[User]) -> dict[int, int]:
    """Count the MFA methods (authenticator apps, passkeys) that each of these people has set up."""
    authenticator = apps.get_model("mfa.Authenticator")
    rows = authenticator.objects.filter(user__in=list(people)).exclude(type="recovery_codes")
    return dict(rows.values_list("user_id").annotate(n=Count("id")))


def grants(people: Sequence[User]) -> dict[int, list[Grant]]:
    """The live grants of each of these users. Scopes' names cost one query a model."""
    rows = list(
        RoleGrant.objects.filter(user__in=people, revoked_at__isnull=True)
        .select_related("granted_by", "scope_type")
        .order_by("role", "scope_type_id", "scope_id")
    )
    names = _scope_names(rows)
    found: dict[int, list[Grant]] = defaultdict(list)
    for row in rows:
        scope = names.get((row.scope_type_id, row.scope_id), "Removed") if row.scope_type_id else "Whole console"
        role = ROLES.get(row.role) or Role(row.role, row.role, "", frozenset(), frozenset())
        by = str(row.granted_by) if row.granted_by else ""
        found[row.user_id].append(Grant(row.pk, row.user_id, role, scope, row.granted_at, by))
    return found


def _scope_names(rows: list[RoleGrant]) -> dict[tuple[int | None, int | None], str]:
    wanted: dict[ContentType, set[int]] = defaultdict(set)
    for row in rows:
        if row.scope_type and row.scope_id:
            wanted[row.scope_type].add(row.scope_id)
    names: dict[tuple[int | None, int | None], str] = {}
    for scope_type, keys in wanted.items():
        model = scope_type.model_class()
        for item in model._default_manager.filter(pk__in=keys) if model else ():
            names[scope_type.pk, item.pk] = f"{model._meta.verbose_name.capitalize()} {item}"  # type: ignore[union-attr]
    return names


def scope_choices() -> list[tuple[str, str]]:
    """Everything that a role may be granted on, as ``(key, label)``: the console, then each queue, wave and source."""
    choices = [(CONSOLE, "Whole console")]
    for label in sorted({scope for role in ROLES.values() for scope in role.scopes} - {CONSOLE}):
        model = apps.get_model(label)
        name = str(model._meta.verbose_name).capitalize()
        choices += [(f"{label}:{item.pk}", f"{name}: {item}") for item in model._default_manager.all()[:500]]
    return choices


def scope(key: str) -> Model | None:
    """The object that a scope's key (``cases.queue:5``) names; None for the console. Raises Missing."""
    if key == CONSOLE:
        return None
    label, _, number = key.partition(":")
    allowed = {scope for role in ROLES.values() for scope in role.scopes}
    if label not in allowed or not number.isdigit() or len(number) > 18:
        raise Missing("There is no such scope.")
    found: Model | None = apps.get_model(label)._default_manager.filter(pk=int(number)).first()
    if found is None:
        raise Missing("There is no such scope; it may have been removed.")
    return found


def tokens(user: User) -> QuerySet[ServiceToken]:
    """The tokens of a service account, the newest first."""
    return ServiceToken.objects.filter(user=user).select_related("created_by").order_by("-pk")


def held(user: User) -> frozenset[str]:
    """Every permission that the live grants of ``user`` give, wherever they hold."""
    roles = RoleGrant.objects.filter(user=user, revoked_at__isnull=True).values_list("role", flat=True)
    return frozenset[str]().union(*(ROLES[name].permissions for name in roles if name in ROLES))


def permission_names(codes: Iterable[str]) -> dict[str, str]:
    """What each of these permissions allows, in words, with its code."""
    rows = Permission.objects.filter(codename__in=[code.partition(".")[2] for code in codes])
    names = {
        f"{app}.{code}": name for app, code, name in rows.values_list("content_type__app_label", "codename", "name")
    }
    return {code: f"{names.get(code, code)} ({code})" for code in sorted(codes)}


def able(permission: str, scope: Model | None = None) -> QuerySet[User]:
    """Active people who hold ``permission`` on the console, or on ``scope`` when one is given, by name."""
    app, _, code = permission.partition(".")
    wanted = Q(user_permissions__codename=code, user_permissions__content_type__app_label=app)
    if scope is not None:
        grants = UserObjectPermission.objects.filter(
            user=OuterRef("pk"),
            permission__codename=code,
            permission__content_type__app_label=app,
            content_type__app_label=scope._meta.app_label,
            content_type__model=scope._meta.model_name,
            object_pk=str(scope.pk),
        )
        wanted = wanted | Q(Exists(grants))
    people = User.objects.filter(wanted, is_active=True, kind=UserKind.PERSON)
    return people.distinct().order_by("name", "username")


def has_factor(user: User) -> bool:
    """True if the person has set up an authenticator app or a passkey."""
    return bool(factors([user]))
