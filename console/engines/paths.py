"""Where things lie under one home (``CONCORD_HOME``, by default ``var/``), and the passwords kept there."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import stat
import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from console.engines.addresses import write_private
from console.engines.errors import Trouble
from console.engines.processes import Account, account_for

SOCKET_PATH_LIMIT = 107
LONGEST_SOCKET_NAME = ".s.PGSQL.5432"
SHARED_STATE = Path("/var/lib/concord")
SECRET_NAMES = ("admin", "owner", "app", "redis", "secret_key")


@dataclass(frozen=True)
class Places:
    """The folders of one home. Reading an attribute makes nothing; ``prepare`` does."""

    home: Path

    @cached_property
    def engines(self) -> Path:
        """The folder of the engines' data: the home, unless the engines' user cannot reach it.

        Root runs the engines as another user. Below a closed folder such as a 0700 ``/root`` that user gets nowhere,
        and opening the folder would expose everything else in it: the data then live in ``/var/lib/concord``.
        """
        if os.geteuid() != 0 or reachable(self.home.parent):
            return self.home
        return SHARED_STATE / hashlib.sha256(str(self.home).encode()).hexdigest()[:12]

    @property
    def postgres(self) -> Path:
        """PostgreSQL's data."""
        return self.engines / "postgres"

    @property
    def redis(self) -> Path:
        """The Redis-compatible server's data."""
        return self.engines / "redis"

    @property
    def logs(self) -> Path:
        """One log a program."""
        return self.home / "log"

    @property
    def backups(self) -> Path:
        """Dumps; never deleted by the console."""
        return self.home / "backups"

    @property
    def stamps(self) -> Path:
        """What steps of a start were last done from."""
        return self.home / "stamps"

    @property
    def beat(self) -> Path:
        """The schedule's memory."""
        return self.home / "beat"

    @cached_property
    def account(self) -> Account | None:
        """The user that the engines run as; None is the present user."""
        return account_for(self.postgres)

    @cached_property
    def sockets(self) -> Path:
        """The folder of the Unix sockets, whose paths may have 107 bytes: a deep home gets a short folder elsewhere."""
        near = self.engines / "run"
        if _fits(near):
            return near
        name = f"concord-{os.geteuid()}-{hashlib.sha256(str(self.home).encode()).hexdigest()[:12]}"
        for base in (os.environ.get("XDG_RUNTIME_DIR", ""), tempfile.gettempdir(), "/tmp"):  # noqa: S108 - checked to be ours
            short = Path(base) / name
            if base and Path(base).is_dir() and _fits(short) and (os.geteuid() != 0 or reachable(Path(base))):
                return short
        raise Trouble(
            f"No folder is short enough for a Unix socket; {self.home} is too deep. Set CONCORD_HOME to a shorter path."
        )

    def prepare(self) -> None:
        """Make every folder, private to the user who needs it."""
        try:
            self.home.mkdir(parents=True, exist_ok=True)
            if self.engines != self.home:
                open_to_all(SHARED_STATE)
                self.engines.mkdir(exist_ok=True)
            if self.account is not None:  # the engines' user passes through to its own folders, and cannot list
                self.engines.chmod(0o711)
            for folder in (self.logs, self.backups, self.stamps, self.beat):
                private(folder)
            private(self.redis, self.account)
            private(self.sockets, self.account)
        except PermissionError as error:
            raise Trouble(
                f"{error.filename} belongs to another user. Set CONCORD_HOME to a folder of your own."
            ) from error


def private(folder: Path, account: Account | None = None) -> Path:
    """Make ``folder`` with mode 0700, owned by ``account``. Raises Trouble when someone else's is in its place."""
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {os.geteuid(), account.uid if account else os.geteuid()}:
        raise Trouble(f"{folder} belongs to another user. Remove it or set CONCORD_HOME to a folder of your own.")
    folder.chmod(0o700)
    if account is not None:
        os.chown(folder, account.uid, account.gid)
    return folder


def open_to_all(folder: Path) -> Path:
    """Make ``folder`` so that every user can pass through it, whatever the umask says."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    return folder


def reachable(folder: Path) -> bool:
    """Whether a user without any rights of their own can pass through ``folder`` and everything above it."""
    return all(
        not level.exists() or level.stat().st_mode & stat.S_IXOTH
        for level in (folder.absolute(), *folder.absolute().parents)
    )


def secrets_of(home: Path) -> dict[str, str]:
    """The passwords and the secret key of this home, made at random the first time (``secrets.json``, mode 0600)."""
    target = home / "secrets.json"
    try:
        known = json.loads(target.read_text(encoding="utf-8")) if target.exists() else {}
    except PermissionError as error:
        raise Trouble(f"{target} belongs to another user. Set CONCORD_HOME to a folder of your own.") from error
    missing = [name for name in SECRET_NAMES if not known.get(name)]
    if missing:
        known |= {name: secrets.token_urlsafe(48 if name == "secret_key" else 24) for name in missing}
        write_private(target, json.dumps(known, indent=1) + "\n")
    return {name: str(known[name]) for name in SECRET_NAMES}


def _fits(folder: Path) -> bool:
    return len(os.fsencode(folder / LONGEST_SOCKET_NAME)) <= SOCKET_PATH_LIMIT
