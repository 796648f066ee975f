"""May this person do that, there? The one place that entry points and queries ask.

All permissions of a user are read in two short queries and kept on the user object of the request, as Django itself
does: asking about every queue of a page costs no query each.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any, TypeVar, cast

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, QuerySet
from guardian.models import UserObjectPermission

from console.errors import Denied
from console.people.models import User, UserKind

M = TypeVar("M", bound=Model)
Someone = User | AnonymousUser

_CACHE = "_scoped_permissions"


def may(user: Someone, permission: str, scope: Model | None = None) -> bool:
    """True if the user holds ``permission`` on the console as a whole, or on ``scope`` when one is given.

    Concord itself may do everything (no person can sign in as it); a token never allows more than its scopes.
    """
    if is_system(user):
        return True
    if not _usable(user, permission):
        return False
    return user.has_perm(permission) or (scope is not None and str(scope.pk) in _objects(user, permission, type(scope)))


def may_anywhere(user: Someone, permission: str, model: type[Model]) -> bool:
    """True if the user holds ``permission`` on the console or on at least one object of ``model``."""
    return may(user, permission) or (_usable(user, permission) and bool(_objects(user, permission, model)))


def holds(user: Someone, permission: str) -> bool:
    """True if the user holds ``permission`` on the console or on any object whatever: enough to reach the view."""
    return may(user, permission) or (_usable(user, permission) and bool(_all_objects(user).get(permission)))


def require(user: Someone, permission: str, scope: Model | None = None, *, to: str) -> None:
    """Raise Denied, naming what was attempted (``to``: "recall a run"), unless ``may`` says yes."""
    if not may(user, permission, scope):
        raise Denied(f"Your roles do not allow you to {to}.")


def scoped(user: Someone, permission: str, queryset: QuerySet[M]) -> QuerySet[M]:
    """Those objects of ``queryset`` on which the user holds ``permission``, by the object or by the console."""
    if may(user, permission):
        return queryset
    if not _usable(user, permission):
        return queryset.none()
    return queryset.filter(pk__in=_objects(user, permission, queryset.model))


def is_system(user: Someone) -> bool:
    """True for Concord itself."""
    return getattr(user, "kind", None) == UserKind.SYSTEM


def forget(user: User) -> None:
    """Drop what is kept on ``user``, after its grants have changed."""
    for name in (_CACHE, "_perm_cache", "_user_perm_cache", "_group_perm_cache"):
        user.__dict__.pop(name, None)


def _usable(user: Someone, permission: str) -> bool:
    if not user.is_active or user.is_anonymous:
        return False
    scopes = getattr(user, "token_scopes", None)
    return scopes is None or permission in scopes


def _objects(user: Someone, permission: str, model: type[Model]) -> set[str]:
    # A permission belongs to one model: it is never held on another model's object.
    return _all_objects(user).get(permission, {}).get(model._meta.label_lower, set())


def _all_objects(user: Someone) -> dict[str, dict[str, set[str]]]:
    """Permission → model → primary keys (as text), of all grants on single objects."""
    kept: Any = user.__dict__.get(_CACHE)
    if kept is None:
        kept = defaultdict(lambda: defaultdict(set))
        rows = UserObjectPermission.objects.filter(user=cast(User, user)).values_list(
            "permission__content_type__app_label", "permission__codename", "content_type__model", "object_pk"
        )
        for app, codename, model, key in rows:
            kept[f"{app}.{codename}"][f"{app}.{model}"].add(key)
        user.__dict__[_CACHE] = kept
    return kept  # type: ignore[no-any-return]
