"""``manage.py migrate``: Django's own command, with an executor that does not render all models for each operation."""

from __future__ import annotations

from django.core.management.commands import migrate

from console.engines.migrating import Executor

# The command makes its executor by this name.
migrate.MigrationExecutor = Executor  # type: ignore[attr-defined]


class Command(migrate.Command):
    """See ``console.engines.migrating``."""
