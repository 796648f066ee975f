"""Engines to measure on: as durable as in service, under a folder of their own, gone afterwards.

Figures are only worth something when fsync is on: these are not the careless engines of the tests.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2

from console.engines import databases
from console.engines.addresses import with_database
from console.engines.paths import secrets_of
from console.engines.postgres import Cluster
from console.engines.processes import launch
from console.engines.redis import RedisServer

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE_VARIABLE = "CONCORD_BENCH_TEMPLATE"
TEMPLATE = "concord_bench_template"
URLS = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_ADMIN_URL")


@contextmanager
def running(keep: Path | None = None) -> Iterator[Path]:
    """Engines that the environment of this process and its children points to; stopped at the end.

    They live in ``keep``, which stays, or in a temporary folder, which goes.
    """
    home = keep or Path(tempfile.mkdtemp(prefix="concord-bench-"))
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(0o711)
    cluster, redis = Cluster(home), RedisServer(home)
    cluster.prepare()
    redis.prepare()
    cluster.start()
    with (cluster.places.logs / "redis.log").open("ab") as log:
        valkey = launch(redis.command(), output=log.fileno(), account=redis.places.account, cwd=Path("/"))
    try:
        _wait(redis)
        cluster.settle()
        os.environ |= {
            "DATABASE_URL": cluster.app_url,
            "DATABASE_OWNER_URL": cluster.owner_url,
            "DATABASE_ADMIN_URL": cluster.admin_url,
            "REDIS_URL": redis.url,
            "CONCORD_SECRET_KEY": secrets_of(home)["secret_key"],
            "CONCORD_HOME": str(home / "console"),
            "DJANGO_SETTINGS_MODULE": "console.settings",
        }
        os.environ[TEMPLATE_VARIABLE] = _template()
        yield home
    finally:
        valkey.send_signal(signal.SIGTERM)
        valkey.wait(timeout=30)
        cluster.stop()
        if keep is None:
            for folder in {home, cluster.places.engines, cluster.places.sockets}:
                shutil.rmtree(folder, ignore_errors=True)


def _wait(redis: RedisServer) -> None:
    deadline = time.monotonic() + 30
    while not redis.ready():
        if time.monotonic() > deadline:
            raise RuntimeError("The Redis-compatible server did not start.")
        time.sleep(0.02)


def _template() -> str:
    """A migrated and guarded database, built again (the code may have changed since the last one), and static files."""
    admin = os.environ["DATABASE_ADMIN_URL"]
    databases.drop_database(admin, TEMPLATE)
    databases.create_database(admin, TEMPLATE)
    environment = os.environ | {name: with_database(os.environ[name], TEMPLATE) for name in URLS}
    static = ["collectstatic", "--no-input", "--clear", "--ignore", "redoc", "-v0"]  # as `manage.py up` does
    for words in (["migrate", "--database=owner", "-v0"], ["book_guard"], static):
        subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), *words], env=environment, check=True, stdout=subprocess.DEVNULL
        )
    return TEMPLATE


@contextmanager
def copy(name: str = "") -> Iterator[str]:
    """A fresh copy of the template that Django points to until the block ends; then it is dropped. Gives its name."""
    name = f"bench_{name or 'copy'}_{uuid.uuid4().hex[:8]}"
    databases.create_database(os.environ["DATABASE_ADMIN_URL"], name, template=os.environ[TEMPLATE_VARIABLE])
    try:
        with use(name):
            yield name
    finally:
        databases.drop_database(os.environ["DATABASE_ADMIN_URL"], name)


@contextmanager
def use(name: str) -> Iterator[None]:
    """Point Django, and the environment of children, at the database ``name`` until the block ends."""
    from django.db import connections  # noqa: PLC0415 - the settings need the engines

    urls = {variable: os.environ[variable] for variable in URLS}
    names = {alias: connections[alias].settings_dict["NAME"] for alias in connections}
    os.environ |= {variable: with_database(url, name) for variable, url in urls.items()}
    for alias in connections:
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name
    try:
        yield
    finally:
        os.environ |= urls
        for alias, before in names.items():
            connections[alias].close()
            connections[alias].settings_dict["NAME"] = before


@contextmanager
def admin(name: str) -> Iterator[psycopg2.extensions.cursor]:
    """A superuser's cursor in the database ``name``, in autocommit mode."""
    with databases.session(with_database(os.environ["DATABASE_ADMIN_URL"], name)) as cursor:
        yield cursor


def version() -> str:
    """The version of PostgreSQL that is measured on, as ``18.4``."""
    with databases.session(os.environ["DATABASE_ADMIN_URL"]) as cursor:
        cursor.execute("SHOW server_version")
        return str(cursor.fetchone()[0]).split()[0]
