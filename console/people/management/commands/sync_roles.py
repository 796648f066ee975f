"""``manage.py sync_roles``: after a release changed a role, bring everybody's permissions in line with it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from console.people import actions, queries


class Command(BaseCommand):
    """Safe to run at every start: nothing is written when nothing changed."""

    help = "Bring permissions in line with the roles as code."

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it as Concord itself."""
        changed = actions.sync_roles(by=queries.system())
        self.stdout.write(f"Roles synchronised: {changed} changed.")
