"""``manage.py service_account NAME --role ROLE``: make (or find) a service account and print a new token once."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from console.errors import Refusal
from console.people import actions, queries, rules
from console.people.models import User, UserKind
from console.people.roles import ROLES


class Command(BaseCommand):
    """Prints the token alone on standard output, so that a script can take it; what was done goes to standard error."""

    help = "Make a service account if there is none of that name, grant it a role, and print a new token once."

    def add_arguments(self, parser: CommandParser) -> None:
        """NAME --role ROLE [--source SOURCE] [--days N] [--token-name NAME]."""
        parser.add_argument("name")
        parser.add_argument(
            "--role", required=True, choices=[role.name for role in ROLES.values() if role.for_services]
        )
        parser.add_argument("--source", help="Grant the role on this source only.")
        parser.add_argument("--days", type=int, default=rules.TOKEN_DAYS, help="How long the token lives.")
        parser.add_argument("--token-name", default="", help="What the token is called; by default by its time.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Act as the system account: anyone who can run this command controls the installation."""
        by = queries.system()
        try:
            user = self._account(options["name"], by)
            actions.grant_role(user=user, role=options["role"], scope=self._source(options["source"]), by=by)
            name = options["token_name"] or f"{timezone.now():%Y-%m-%d %H:%M:%S}"
            issued = actions.issue_token(user=user, name=name, days=options["days"], by=by)
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from None
        self.stderr.write(
            f"Token {name!r} of {user.username}, good until {issued.token.expires_at:%d %B %Y}, shown this once:"
        )
        self.stdout.write(issued.text)

    @staticmethod
    def _account(name: str, by: User) -> User:
        found = User.objects.filter(username=name).first()
        if found is None:
            return actions.make_service_account(username=name, by=by)
        if found.kind != UserKind.SERVICE:
            raise CommandError(f"{name} is a person; service accounts need a name of their own.")
        return found

    @staticmethod
    def _source(name: str | None) -> Any:
        if not name:
            return None
        found = apps.get_model("runs.Source")._default_manager.filter(name=name).first()
        if found is None:
            raise CommandError(f"There is no source called {name}.")
        return found
