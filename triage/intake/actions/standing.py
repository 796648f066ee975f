"""Who may act on sources: people and service accounts by their roles, Concord itself always."""

from __future__ import annotations

from django.db.models import Model

from console.people.models import User, UserKind
from console.people.permissions import require


def require_unless_concord(by: User, permission: str, scope: Model | None, *, to: str) -> None:
    """Raise Denied unless ``by`` holds the permission or is Concord itself, which polls and follows commands."""
    if by.kind != UserKind.SYSTEM:
        require(by, permission, scope, to=to)
