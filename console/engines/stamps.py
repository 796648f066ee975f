"""Stamps: digests of what a step was done from, so that a second start skips the steps that would change nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

import psycopg2

from console.engines.addresses import write_private
from console.engines.databases import session
from console.engines.options import REPOSITORY

CODE = ("console", "triage", "governance")


def same(stamps: Path, name: str, digest: str) -> bool:
    """Whether step ``name`` was last done from exactly this."""
    try:
        return (stamps / name).read_text(encoding="utf-8") == digest
    except FileNotFoundError:
        return False


def keep(stamps: Path, name: str, digest: str) -> None:
    """Remember what step ``name`` was done from."""
    write_private(stamps / name, digest)


def of_static() -> str:
    """The digest of every static file of ours and of the packages that carry others."""
    own = [
        REPOSITORY / "static",
        *(path for app in CODE for path in (REPOSITORY / app).rglob("static") if path.is_dir()),
    ]
    files = (path for folder in own for path in folder.rglob("*") if path.is_file())
    return _digest([*files, REPOSITORY / "requirements.lock", REPOSITORY / "console" / "settings.py"])


def of_schema(database_url: str) -> str:
    """The digest of all code and of the database's own list of migrations, which no other database shares.

    The code counts as a whole, because what runs after migrations (roles, guards) is code as well.
    """
    try:
        with session(database_url) as cur:
            cur.execute("SELECT app, name, applied::text FROM django_migrations ORDER BY id")
            applied = repr(cur.fetchall())
    except psycopg2.errors.UndefinedTable:
        applied = "none"
    sources = (path for app in CODE for kind in ("*.py", "*.sql") for path in (REPOSITORY / app).rglob(kind))
    return _digest([*sources, REPOSITORY / "requirements.lock"], applied)


def _digest(paths: Iterable[Path], extra: str = "") -> str:
    total = hashlib.sha256(extra.encode())
    for path in sorted(set(paths)):
        if path.exists():
            total.update(
                str(path.relative_to(REPOSITORY)).encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest()
            )
    return total.hexdigest()
