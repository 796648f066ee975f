"""May this person do that, there? The one place that doors and queries ask."""

from __future__ import annotations

from typing import Any, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, QuerySet
from guardian.shortcuts import get_objects_for_user

from console.errors import Denied
from console.people.models import User

M = TypeVar("M", bound=Model)
Someone = User | AnonymousUser


def may(user: Someone, permission: str, scope: Model | None = None) -> bool:
    """True if the user holds ``permission`` on the console as a whole, or on ``scope`` when one is given."""
    if not user.is_active:
        return False
    return user.has_perm(permission) or (scope is not None and user.has_perm(permission, scope))


def may_anywhere(user: Someone, permission: str, model: type[Model]) -> bool:
    """True if the user holds ``permission`` on the console or on at least one object of ``model``."""
    return may(user, permission) or scoped(user, permission, model._default_manager.all()).exists()


def require(user: Someone, permission: str, scope: Model | None = None, *, to: str) -> None:
    """Raise Denied, naming what was attempted (``to``: "recall a run"), unless ``may`` says yes."""
    if not may(user, permission, scope):
        raise Denied(f"Your roles do not allow you to {to}.")


def scoped(user: Someone, permission: str, queryset: QuerySet[M]) -> QuerySet[M]:
    """Those objects of ``queryset`` on which the user holds ``permission``, by the object or by the console."""
    if not user.is_active or user.is_anonymous:
        return queryset.none()
    found: Any = get_objects_for_user(user, permission, klass=queryset, accept_global_perms=True)
    return found  # type: ignore[no-any-return]
