"""Homes, supervisors in processes of their own, and a census of what lives from a home."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from console.engines import addresses
from console.engines.addresses import Addresses
from console.engines.options import REPOSITORY

OURS = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_ADMIN_URL", "REDIS_URL", "CONCORD_SECRET_KEY", "CONCORD_DEMO")


def census(home: Path) -> dict[int, str]:
    """Every living process that was started for ``home``: process id and command line. Zombies do not count."""
    found = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            words = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            around = (entry / "environ").read_bytes().decode(errors="replace")
            place = os.readlink(entry / "cwd")  # PostgreSQL's processes rename themselves, and stand in their data
        except OSError:
            continue
        if words and (str(home) in words or place.startswith(str(home)) or f"CONCORD_HOME={home}\0" in around):
            found[int(entry.name)] = words
    return found


def wait_until(true: Callable[[], object], *, within: float = 15.0) -> bool:
    """Whether ``true()`` became so in time."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if true():
            return True
        time.sleep(0.05)
    return bool(true())


@pytest.fixture
def home() -> Iterator[Path]:
    """A new home that the engines' user can reach; what a test leaves running there is ended."""
    folder = Path(tempfile.mkdtemp(prefix="concord-home-"))
    folder.chmod(0o755)
    yield folder / "var"
    for pid in census(folder / "var"):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not census(folder / "var"))
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Stage:
    """A supervisor in a process of its own."""

    home: Path
    port: int
    module: str = "tests.engines.stage"
    words: tuple[str, ...] = ()
    process: subprocess.Popen[str] | None = None
    output: str = ""
    extra: dict[str, str] = field(default_factory=dict)

    def start(self) -> subprocess.Popen[str]:
        """Start it; returns at once."""
        self.home.mkdir(exist_ok=True)
        (self.home / "up").unlink(missing_ok=True)
        env = {name: value for name, value in os.environ.items() if name not in OURS}
        env |= {"CONCORD_HOME": str(self.home), "PORT": str(self.port)} | self.extra
        command = [sys.executable, "-m", self.module, *self.words]
        with (self.home / "output").open("w") as output:
            self.process = subprocess.Popen(command, cwd=REPOSITORY, env=env, text=True, stdout=output, stderr=output)
        return self.process

    def said(self) -> str:
        """What it has written so far."""
        return (self.home / "output").read_text()

    def up(self) -> Stage:
        """Start it and wait until everything runs."""
        process = self.start()
        assert wait_until((self.home / "up").exists, within=30), self.said()
        assert process.poll() is None
        return self

    def stop(self) -> int:
        """Ask it to stop; returns its exit status."""
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=30)

    def pid_of(self, words: str) -> int:
        """The lowest process id whose command line holds ``words``: the first of its kind to start."""
        return min((pid for pid, line in census(self.home).items() if words in line), default=0)

    @property
    def addresses(self) -> Addresses:
        """Where its engines answer."""
        return addresses.read(self.home)


@pytest.fixture
def stage(home: Path, port: int) -> Iterator[Stage]:
    """A supervisor that has not been started."""
    made = Stage(home, port)
    yield made
    if made.process is not None and made.process.poll() is None:
        made.process.kill()
        made.process.wait()
