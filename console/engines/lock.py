"""One supervisor a home: a file lock that the engines hold too, so it is free only when the last of them has ended."""

from __future__ import annotations

import fcntl
import json
import os
import time
from dataclasses import dataclass
from pathlib import Path

from console.engines.errors import Trouble

FILE_NAME = "lock"


@dataclass(frozen=True, slots=True)
class Holder:
    """The supervisor that holds, or last held, a home."""

    home: Path
    pid: int
    url: str

    @property
    def alive(self) -> bool:
        """Whether that process still runs and has the lock open: a newcomer with the same number has not."""
        held = os.path.realpath(self.home / FILE_NAME)
        try:
            return any(os.path.realpath(link) == held for link in Path(f"/proc/{self.pid}/fd").iterdir())
        except PermissionError:
            return True  # another user's process; only its user can tell
        except OSError:
            return False


def holder(home: Path) -> Holder | None:
    """Return the last writer of the lock file; None when there is none."""
    try:
        stored = json.loads((home / FILE_NAME).read_text(encoding="utf-8"))
        return Holder(home, int(stored["pid"]), str(stored["url"]))
    except (OSError, ValueError, KeyError):
        return None


def take(home: Path, *, url: str, patience: float = 30.0) -> int:
    """Lock ``home`` for this process; returns the descriptor, to be kept open and passed to the engines.

    When a supervisor was killed, its engines are still shutting down: waits up to ``patience`` seconds for them.
    Raises Trouble when another supervisor runs here.
    """
    home.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(home / FILE_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except PermissionError as error:
        raise Trouble(f"{home} belongs to another user. Set CONCORD_HOME to a folder of your own.") from error
    deadline = time.monotonic() + patience
    while not _locked(descriptor):
        other = holder(home)
        if other is not None and other.alive:
            os.close(descriptor)
            raise Trouble(
                f"Concord already runs from {home} (process {other.pid}, {other.url}). "
                "Stop it with `make down`, or set CONCORD_HOME and PORT for a second one."
            )
        if time.monotonic() > deadline:
            os.close(descriptor)
            raise Trouble(f"Engines of an earlier start still hold {home / FILE_NAME}. Try again in a minute.")
        time.sleep(0.05)
    os.ftruncate(descriptor, 0)
    os.write(descriptor, json.dumps({"pid": os.getpid(), "url": url}).encode())
    return descriptor


def free(home: Path) -> bool:
    """Whether nothing runs from ``home``."""
    try:
        descriptor = os.open(home / FILE_NAME, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return True
    try:
        return _locked(descriptor)
    finally:
        os.close(descriptor)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
