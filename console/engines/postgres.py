"""The embedded PostgreSQL 18: one cluster under one home, on a Unix socket, with passwords."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from console.engines import databases
from console.engines.addresses import postgres_url
from console.engines.binaries import postgres_bin
from console.engines.errors import Trouble
from console.engines.paths import Places, secrets_of
from console.engines.processes import launch

PORT = 5432  # only a part of the socket's name: nothing listens on the network
MAJOR = "18"

# For a hospital laptop: a quarter of a gigabyte of cache, few checkpoints, plans for solid-state disks.
# Log lines must not carry rows: statements that fail are reported to the program that sent them, not to the log.
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "80",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "min_wal_size": "256MB",
    "checkpoint_timeout": "15min",
    "wal_buffers": "16MB",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %a ",
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_checkpoints": "off",
    "password_encryption": "scram-sha-256",
}
# For clusters that live no longer than a test run.
CARELESS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "120",
    "shared_buffers": "128MB",
}


class Cluster:
    """One PostgreSQL cluster. ``prepare`` then ``start``; ``settle`` makes the roles and the database.

    The supervisor runs ``command()`` as one of its children; ``start`` and ``stop`` are for short uses.
    """

    name = "postgres"
    stop_signal = signal.SIGINT  # "fast" shutdown: ends sessions, writes a checkpoint

    def __init__(self, home: Path, *, durable: bool = True) -> None:
        self.places = Places(home)
        self.durable = durable
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def admin_url(self) -> str:
        """The superuser's URL of the console's database."""
        return self._url(databases.ADMIN, "admin")

    @property
    def owner_url(self) -> str:
        """The migrating role's URL."""
        return self._url(databases.OWNER, "owner")

    @property
    def app_url(self) -> str:
        """The application role's URL."""
        return self._url(databases.APP, "app")

    def prepare(self) -> None:
        """Make the folders and, the first time, the cluster. Raises Trouble when the data are of another version."""
        self.places.prepare()
        mark = self.places.postgres / "PG_VERSION"
        if not mark.exists():
            self._initdb()
        elif (found := mark.read_text().strip()) != MAJOR:
            raise Trouble(
                f"{self.places.postgres} holds data of PostgreSQL {found}; this version reads only {MAJOR}. "
                "Make a backup with the version that wrote them, then restore it here."
            )

    def command(self) -> list[str]:
        """The program and its settings."""
        settings = SETTINGS | ({} if self.durable else CARELESS)
        settings["unix_socket_directories"] = str(self.places.sockets)
        words = [str(postgres_bin() / "postgres"), "-D", str(self.places.postgres), "-p", str(PORT)]
        return words + [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]

    def ready(self) -> bool:
        """Whether the server accepts sessions."""
        return databases.answers(self._url(databases.ADMIN, "admin", "postgres"))

    def settle(self) -> None:
        """Make roles and the console's database, or bring them back to what they should be."""
        secrets = secrets_of(self.places.home)
        databases.settle_roles(self.admin_url, owner_password=secrets["owner"], app_password=secrets["app"])
        databases.settle_database(self.admin_url)

    def create_database(self, name: str, template: str | None = None) -> str:
        """Make a database owned by ``concord_owner``; returns the superuser's URL of it."""
        return databases.create_database(self.admin_url, name, template=template)

    def drop_database(self, name: str) -> None:
        """Drop a database and end the sessions in it."""
        databases.drop_database(self.admin_url, name)

    def start(self, *, within: float = 30.0) -> None:
        """Start the server as a child of this process and wait until it answers (at most ``within`` seconds)."""
        with (self.places.logs / "postgres.log").open("ab") as log:
            self._process = launch(
                self.command(), output=log.fileno(), account=self.places.account, on_parent_death=self.stop_signal
            )
        deadline = time.monotonic() + within
        while not self.ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise Trouble(f"PostgreSQL did not start; {self.places.logs / 'postgres.log'} says why.")
            time.sleep(0.02)

    def stop(self) -> None:
        """Stop the server that ``start`` started and wait for it; its data are on disk when this returns."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(self.stop_signal)
            self._process.wait(timeout=60)
        self._process = None

    @classmethod
    @contextmanager
    def throwaway(cls, home: Path) -> Iterator[Cluster]:
        """A running cluster for tests under ``home``: roles and database made, nothing synced, stopped at the end."""
        cluster = cls(home, durable=False)
        cluster.prepare()
        cluster.start()
        try:
            cluster.settle()
            yield cluster
        finally:
            cluster.stop()

    def _url(self, role: str, secret: str, database: str = databases.DATABASE) -> str:
        password = secrets_of(self.places.home)[secret]
        return postgres_url(user=role, password=password, database=database, socket_dir=self.places.sockets, port=PORT)

    def _initdb(self) -> None:
        account = self.places.account
        draft = self.places.postgres.with_name("postgres.new")
        shutil.rmtree(draft, ignore_errors=True)  # what an interrupted start left
        draft.mkdir(mode=0o700)
        password = self.places.sockets / "first-password"
        password.touch(mode=0o600)
        password.write_text(secrets_of(self.places.home)["admin"] + "\n")
        if account is not None:
            os.chown(draft, account.uid, account.gid)
            os.chown(password, account.uid, account.gid)
        try:
            self._run_initdb(draft, password)
        finally:
            password.unlink()
        draft.rename(self.places.postgres)

    def _run_initdb(self, data: Path, password: Path) -> None:
        # The built-in locale sorts the same on every machine; libc's ctype is what full-text search splits words by.
        words = [
            str(postgres_bin() / "initdb"),
            f"--pgdata={data}",
            f"--username={databases.ADMIN}",
            f"--pwfile={password}",
        ]
        words += ["--auth=scram-sha-256", "--encoding=UTF8", "--data-checksums", "--no-instructions"]
        words += ["--locale=C.UTF-8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--lc-messages=C"]
        words += [] if self.durable else ["--no-sync"]
        log = self.places.logs / "postgres.log"
        with log.open("ab") as output:
            done = launch(words, output=output.fileno(), account=self.places.account, cwd=Path("/")).wait()
        if done != 0:
            raise Trouble(f"PostgreSQL could not make its data folder {data}; {log} says why.")
