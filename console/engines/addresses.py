"""Where the embedded engines answer, and how to say it to Django, Celery and redis-py.

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
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

FILE_NAME = "addresses.json"


@dataclass(frozen=True, slots=True)
class Addresses:
    """The addresses of the engines of one home; every field is empty until the supervisor has run there once."""

    database_url: str = ""
    """PostgreSQL as the application role ``concord_app``: reads and writes rows, no DDL."""
    owner_url: str = ""
    """PostgreSQL as ``concord_owner``: owns the schema, runs migrations."""
    admin_url: str = ""
    """PostgreSQL as ``concord_admin``, a superuser: only for guarding the book, backup and restore."""
    redis_url: str = ""
    """Redis in redis-py's form, for example ``unix://:password@/path/redis.sock?db=0``."""
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


def redis_socket_url(*, password: str, socket: Path | str, db: int = 0) -> str:
    """A redis-py URL for a server that listens on the Unix socket ``socket``."""
    return f"unix://:{quote(password, safe='')}@{socket}?db={db}"


def with_database(url: str, database: str) -> str:
    """The same PostgreSQL URL, pointing at another database."""
    parts = urlsplit(url)
    return parts._replace(path="/" + quote(database, safe="")).geturl()


def django_database(url: str) -> dict[str, Any]:
    """One entry of Django's DATABASES for a ``postgresql://`` URL, TCP or Unix socket; other query keys go to OPTIONS."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ValueError(f"A database URL begins with postgresql://, not with {parts.scheme or 'nothing'}://.")
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", "") or unquote(parts.hostname or ""),
        "PORT": query.pop("port", "") or str(parts.port or ""),
        "OPTIONS": query,
    }


def redis_for_cache(url: str, db: int | None = None) -> str:
    """``url`` in the form redis-py and Django's cache read; ``db`` picks another logical database."""
    return _redis(url, db, celery=False)


def redis_for_celery(url: str, db: int | None = None) -> str:
    """``url`` in the form Celery's broker and result backend read; ``db`` picks another logical database."""
    return _redis(url, db, celery=True)


def _redis(url: str, db: int | None, *, celery: bool) -> str:
    parts = urlsplit(url)
    if parts.scheme in {"redis", "rediss"}:
        return url if db is None else parts._replace(path=f"/{db}").geturl()
    if parts.scheme not in {"unix", "redis+socket"}:
        raise ValueError(f"A Redis URL begins with redis://, rediss:// or unix://, not with {parts.scheme}://.")
    query = parse_qs(parts.query)
    stored = (query.get("db") or query.get("virtual_host") or ["0"])[-1]
    number = stored if db is None else str(db)
    if celery:
        return f"redis+socket://{parts.netloc}{parts.path}?virtual_host={number}"
    return f"unix://{parts.netloc}{parts.path}?db={number}"
