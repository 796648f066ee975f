"""``manage.py create_person NAME --role ROLE``: make a person with a password, most often the first administrator."""

from __future__ import annotations

import getpass
import os
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from console.errors import Refusal
from console.people import actions, queries
from console.people.roles import CONSOLE, ROLES


class Command(BaseCommand):
    """Asks for the password; without a terminal it reads one line of standard input."""

    help = "Make a person who can sign in with a password, with a role on the whole console."

    def add_arguments(self, parser: CommandParser) -> None:
        """NAME [--role ROLE …] [--printed-name NAME] [--email ADDRESS]."""
        fitting = [role.name for role in ROLES.values() if not role.for_services and CONSOLE in role.scopes]
        parser.add_argument("name")
        parser.add_argument("--role", action="append", default=[], choices=fitting)
        parser.add_argument("--printed-name", default="")
        parser.add_argument("--email", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the account and its grants together or not at all."""
        by, password = queries.system(), self._password()
        name = options["name"]
        try:
            with transaction.atomic():
                user = actions.make_person(
                    username=name,
                    name=options["printed_name"] or name,
                    email=options["email"],
                    password=password,
                    by=by,
                )
                for role in options["role"]:
                    actions.grant_role(user=user, role=role, by=by)
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from None
        self.stdout.write(f"{user.username} can sign in now.")

    @staticmethod
    def _password() -> str:
        given = os.environ.get("CONCORD_NEW_PASSWORD")
        if given:
            return given
        if not sys.stdin.isatty():
            return sys.stdin.readline().rstrip("\n")
        first = getpass.getpass("Password: ")
        if getpass.getpass("Repeat password:  ") != first:
            raise CommandError("The passwords do not match.")
        return first
