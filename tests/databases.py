"""Databases for tests: one migrated and guarded template a session, and quick copies of it.

The audit log refuses TRUNCATE, so a test that commits cannot be cleaned up after: it gets a copy of its own instead.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connections

from console.engines import databases
from console.engines.addresses import with_database

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = "concord_template"


def addresses_for(name: str) -> dict[str, str]:
    """The environment that points a process at the database ``name``."""
    keys = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_ADMIN_URL")
    return {key: with_database(os.environ[key], name) for key in keys}


def template() -> str:
    """The name of the template database; the first to ask builds it just as the supervisor would."""
    lock = Path(os.environ["CONCORD_TEST_ENGINES"]) / "template.lock"
    with lock.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        if not databases.database_exists(os.environ["DATABASE_ADMIN_URL"], TEMPLATE):
            _build(TEMPLATE)
    return TEMPLATE


def _build(name: str) -> None:
    draft = f"{name}_draft"
    admin = os.environ["DATABASE_ADMIN_URL"]
    databases.drop_database(admin, draft)
    databases.create_database(admin, draft)
    environment = os.environ | addresses_for(draft)
    for command in (["migrate", "--database=owner", "-v0"], ["book_guard"]):
        manage = [sys.executable, str(ROOT / "manage.py"), *command]
        done = subprocess.run(manage, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"manage.py {command[0]} failed on the template:\n{done.stdout}{done.stderr}")
    with databases.session(with_database(admin, "postgres")) as cursor:
        cursor.execute(f"ALTER DATABASE {draft} RENAME TO {name}")


@contextmanager
def fresh(prefix: str) -> Iterator[str]:
    """A copy of the template; dropped when the block ends. Nothing points to it yet."""
    name = f"{prefix}_{uuid.uuid4().hex[:12]}"
    admin = os.environ["DATABASE_ADMIN_URL"]
    databases.create_database(admin, name, template=template())
    try:
        yield name
    finally:
        databases.drop_database(admin, name)


@contextmanager
def copy(prefix: str = "test") -> Iterator[str]:
    """A copy of the template that both of Django's aliases point to until the block ends."""
    with fresh(prefix) as name, pointed_to(name):
        yield name


@contextmanager
def pointed_to(name: str) -> Iterator[None]:
    """Both of Django's aliases, and processes started now, use the database ``name`` until the block ends."""
    before = {alias: connections[alias].settings_dict["NAME"] for alias in connections}
    environment = {key: os.environ[key] for key in addresses_for(name)}
    try:
        _point(dict.fromkeys(connections, name))
        os.environ.update(addresses_for(name))
        yield
    finally:
        _point(before)
        os.environ.update(environment)


def _point(names: dict[str, str]) -> None:
    for alias, name in names.items():
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name
