"""What is done to a home beside running it: stop, back up, restore, start over."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from console.engines import addresses, databases, lock
from console.engines.binaries import postgres_bin
from console.engines.errors import Trouble
from console.engines.options import Wishes
from console.engines.paths import Places, private
from console.engines.postgres import Cluster

# Everything a start or a running console makes. Backups are not in it.
MADE = (
    "postgres", "postgres.new", "redis", "run", "log", "stamps", "beat", "static", "packages", "uploads", "inbox",
    "addresses.json", "secrets.json", "demo-logins.txt",
)  # fmt: skip


def down(home: Path, *, within: float = 90.0) -> str:
    """Ask the supervisor of ``home`` to stop and wait until everything has ended; says what happened."""
    holder = lock.holder(home)
    if lock.free(home):
        return "Concord is not running."
    if holder is not None and holder.alive:
        os.kill(holder.pid, signal.SIGTERM)
    deadline = time.monotonic() + within
    while not lock.free(home):
        if time.monotonic() > deadline:
            raise Trouble(f"Not everything has stopped after {within:.0f} seconds; see the logs in {home / 'log'}.")
        time.sleep(0.05)
    return "Stopped."


def reset(home: Path, *, agree: Callable[[str], bool]) -> str:
    """Delete everything under ``home`` but the backups, after ``agree`` has said yes; says what happened."""
    if not lock.free(home):
        raise Trouble("Concord is running. Stop it first with `make down`.")
    places = Places(home)
    present = [path for name in MADE if (path := home / name).exists()]
    if places.engines != home and places.engines.exists():
        present.append(places.engines)
    if not present:
        return f"There is nothing to delete in {home}."
    if not agree(f"This deletes every case, decision, run and log entry in {home}. Backups stay. Type yes to go on: "):
        return "Nothing was deleted."
    if places.sockets.exists():
        shutil.rmtree(places.sockets)
    for path in present:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    return "Deleted. The next start creates a new database."


def backup(wishes: Wishes) -> Path:
    """Write a whole dump of the database, readable by its owner only, to ``<home>/backups``; returns the file."""
    with _database(wishes) as url:
        return _dump(wishes, url, "concord")


def restore(wishes: Wishes, dump: Path) -> str:
    """Put the embedded database back to what ``dump`` holds; what is there now is kept as a backup first."""
    if wishes.external_database:
        raise Trouble("restore works on the embedded database; for a server of yours see docs/how-to/run.md.")
    if not lock.free(wishes.home):
        raise Trouble("Concord is running. Stop it first with `make down`.")
    if not dump.is_file():
        raise Trouble(f"There is no file {dump}.")
    with _database(wishes) as url:
        kept = _dump(wishes, url, "before-restore")
        databases.drop_database(url, databases.DATABASE)
        databases.create_database(url, databases.DATABASE)
        with dump.open("rb") as stream:
            _run(
                "pg_restore",
                ["--exit-on-error", "--single-transaction", "--clean", "--if-exists"],
                url,
                stdin=stream.fileno(),
            )
        (wishes.home / "stamps" / "schema").unlink(missing_ok=True)
    return f"Restored from {dump}. What was there before is in {kept}."


def _dump(wishes: Wishes, url: str, stem: str) -> Path:
    """Dump to a new file; an earlier dump is never written over, and a broken one never looks whole."""
    moment = datetime.now(UTC)
    target = private(wishes.home / "backups") / f"{stem}-{moment:%Y%m%d-%H%M%S-%f}.dump"
    draft = target.with_suffix(".part")
    draft.touch(mode=0o600, exist_ok=False)
    with draft.open("wb") as stream:
        _run("pg_dump", ["--format=custom"], url, stdout=stream.fileno())
    draft.rename(target)
    return target


@contextmanager
def _database(wishes: Wishes) -> Iterator[str]:
    """The database's URL for dumping; starts the embedded server when it does not run."""
    if wishes.external_database:
        yield os.environ.get("DATABASE_ADMIN_URL") or os.environ.get("DATABASE_OWNER_URL") or os.environ["DATABASE_URL"]
        return
    if not lock.free(wishes.home):
        yield addresses.read(wishes.home).admin_url
        return
    descriptor = lock.take(wishes.home, url="")
    cluster = Cluster(wishes.home)
    try:
        cluster.prepare()
        cluster.start()
        cluster.settle()
        yield cluster.admin_url
    finally:
        cluster.stop()
        os.close(descriptor)


def _run(program: str, words: list[str], url: str, *, stdin: int | None = None, stdout: int | None = None) -> None:
    """Run one of PostgreSQL's tools. The password goes by environment: command lines can be read by everybody."""
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    env = dict(os.environ) | {
        "PGHOST": query.get("host", [parts.hostname or ""])[0],
        "PGPORT": query.get("port", [str(parts.port or 5432)])[0],
        "PGUSER": unquote(parts.username or ""),
        "PGPASSWORD": unquote(parts.password or ""),
    }
    name = unquote(parts.path.lstrip("/"))
    command = [str(postgres_bin() / program), "--no-password", f"--dbname={name}", *words]
    done = subprocess.run(command, env=env, stdin=stdin, stdout=stdout, stderr=subprocess.PIPE, check=False)  # noqa: S603
    if done.returncode != 0:
        raise Trouble(f"{program} failed: {done.stderr.decode(errors='replace').strip()[-600:]}")
