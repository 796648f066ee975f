"""Where the embedded engines answer.

The supervisor writes one file, ``<home>/addresses.json`` (mode 0600, it holds passwords), before it starts anything
that needs it. Settings read it when ``DATABASE_URL`` or ``REDIS_URL`` is unset. Standard library only, no side effects
on import: settings import this module before Django exists.
"""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from urllib.parse import quote, urlsplit

FILE_NAME = "addresses.json"


@dataclass(frozen=True, slots=True)
class Addresses:
    """The addresses of the engines of one home; every field is empty until the supervisor has run there once."""

    database_url: str = ""
    """PostgreSQL as the application role ``concord_app``: reads and writes rows, no DDL."""
    owner_url: str = ""
    """PostgreSQL as ``concord_owner``: owns the schema, runs migrations."""
    admin_url: str = ""
    """PostgreSQL as ``concord_admin``, a superuser: only for guarding the audit log, backup and restore."""
    redis_url: str = ""
    """Redis in redis-py's form, for example ``unix://:password@/path/redis.sock``."""
    secret_key: str = ""
    """Django's SECRET_KEY of this home."""

    @property
    def known(self) -> bool:
        """Whether the engines of this home have been set up."""
        return bool(self.database_url and self.redis_url)


def read(home: Path | str) -> Addresses:
    """The addresses stored under ``home``; all fields empty when nothing was ever started there."""
    try:
        stored = json.loads((Path(home) / FILE_NAME).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Addresses()
    names = {field.name for field in fields(Addresses)}
    return Addresses(**{name: str(value) for name, value in stored.items() if name in names})


def write(home: Path | str, addresses: Addresses) -> Path:
    """Store ``addresses`` under ``home`` in one step: a reader sees the old file or the new one, never half of it."""
    target = Path(home) / FILE_NAME
    write_private(target, json.dumps(asdict(addresses), indent=1) + "\n")
    return target


def write_private(target: Path, text: str) -> None:
    """Write ``text`` to ``target`` with mode 0600 from the first byte on, and replace what was there in one step."""
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)
    os.replace(draft, target)


def postgres_url(*, user: str, password: str, database: str, socket_dir: Path | str, port: int = 5432) -> str:
    """A libpq URL for a server that listens on a Unix socket in ``socket_dir``."""
    return (
        f"postgresql://{quote(user, safe='')}:{quote(password, safe='')}@/{quote(database, safe='')}"
        f"?host={quote(str(socket_dir), safe='')}&port={port}"
    )


def redis_socket_url(*, password: str, socket: Path | str) -> str:
    """A redis-py URL, logical database 0, for a server that listens on the Unix socket ``socket``."""
    return f"unix://:{quote(password, safe='')}@{quote(str(socket))}"


def with_database(url: str, database: str) -> str:
    """The same PostgreSQL URL, pointing at another database."""
    return urlsplit(url)._replace(path="/" + quote(database, safe="")).geturl()
