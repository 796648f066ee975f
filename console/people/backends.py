"""Django's permission backend without its superuser shortcut: console-wide permissions come from role grants alone."""

from __future__ import annotations

from django.contrib.auth.backends import ModelBackend


class ScopedPermissions(ModelBackend):
    """Answers console-wide permissions. It never authenticates: sign-in belongs to allauth."""

    def authenticate(self, request: object, **credentials: object) -> None:  # type: ignore[override]
        """Authenticate no one."""
        return
