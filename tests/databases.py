"""Databases for tests: one migrated and guarded template a session, and quick copies of it.

The audit log refuses TRUNCATE, so a test that commits cannot be cleaned up after: it gets a copy of its own instead.
"""

from __future__ import annotations

import fcntl
import hashlib
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
from console.engines.binaries import postgres_bin

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = "concord_template"
#: What migrations left, kept from one session to the next under a name that says of which migrations.
KEPT = ROOT / ".pytest_cache" / "concord"
#: What the tables of a migrated database depend on. Permissions, roles and triggers of capture are settled each time.
_SHAPED_BY = ("migrations/*.py", "*.sql", "audit/governed.py", "settings.py")


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
    kept = KEPT / f"{_shape()}.sql"
    found = kept.exists()
    if found:
        _run(_program("psql", draft, "-qX", "--set=ON_ERROR_STOP=1", f"--file={kept}"))
    _manage(draft, "migrate", "--database=owner", "-v0")
    if not found:
        _keep(draft, kept)
    _manage(draft, "book_guard")
    with databases.session(with_database(admin, "postgres")) as cursor:
        cursor.execute(f"ALTER DATABASE {draft} RENAME TO {name}")


def _shape() -> str:
    """A name for what decides how a migrated database looks."""
    found = {path for app in ("console", "triage", "governance", "samples", "tests") for path in _shaping(ROOT / app)}
    digest = hashlib.sha256()
    for path in sorted({*found, ROOT / "requirements.lock"}):
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:32]


def _shaping(app: Path) -> Iterator[Path]:
    return (path for pattern in _SHAPED_BY for path in app.rglob(pattern))


def _keep(database: str, kept: Path) -> None:
    """Keep what migrations left, in place of what other migrations left before."""
    KEPT.mkdir(parents=True, exist_ok=True)
    draft = kept.with_suffix(f".{os.getpid()}")
    _run(_program("pg_dump", database, f"--file={draft}"))
    for old in KEPT.glob("*.sql"):
        old.unlink(missing_ok=True)
    draft.rename(kept)


def _program(name: str, database: str, *arguments: str) -> list[str]:
    return [str(postgres_bin() / name), f"--dbname={addresses_for(database)['DATABASE_ADMIN_URL']}", *arguments]


def _manage(database: str, *command: str) -> None:
    _run([sys.executable, str(ROOT / "manage.py"), *command], addresses_for(database))


def _run(command: list[str], environment: dict[str, str] | None = None) -> None:
    done = subprocess.run(command, env=os.environ | (environment or {}), capture_output=True, text=True, check=False)
    if done.returncode:
        what = " ".join(Path(word).name for word in command[:3] if "://" not in word)
        raise RuntimeError(f"{what} failed on the template:\n{done.stdout}{done.stderr}")


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
