"""The supervisor's children: how one is described, started, found dead, started again and stopped."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from console.engines.processes import Account, kept, launch

LONGEST_PAUSE = 30.0
SETTLED_AFTER = 30.0


@dataclass(frozen=True)
class Spec:
    """One program of the console."""

    name: str
    argv: Sequence[str]
    cwd: Path
    env: Mapping[str, str] | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    grace: float = 10.0
    """Seconds between asking it to stop and killing it."""
    account: Account | None = None
    has_workers: bool = False
    """Whether it starts processes of its own, which only a child guard can end for certain."""
    ready: Callable[[], bool] | None = None


@dataclass
class Child:
    """One program and its present process, if it has one."""

    spec: Spec
    log: Path
    lock: int | None = None
    """The home's lock, which the child holds too."""
    process: subprocess.Popen[bytes] | None = None
    failures: int = 0
    started: float = 0.0
    due: float = field(default=0.0)
    """When to start it (again), on the monotonic clock."""

    @property
    def alive(self) -> bool:
        """Whether its process runs."""
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Start its process."""
        argv, account = list(self.spec.argv), self.spec.account
        death_signal = self.spec.stop_signal
        if self.spec.has_workers:
            argv = kept(argv, stop=self.spec.stop_signal, grace=self.spec.grace, account=account)
            account, death_signal = None, signal.SIGTERM
        with self.log.open("ab") as output:
            self.process = launch(
                argv,
                output=output.fileno(),
                env=self.spec.env,
                cwd=self.spec.cwd,
                account=account,
                on_parent_death=death_signal,
                pass_fds=() if self.lock is None else (self.lock,),
            )
        self.started = time.monotonic()

    def bury(self) -> str:
        """Note that its process has ended, end what is left of its session, plan the next start; says how it ended."""
        assert self.process is not None
        code = self.process.returncode
        # A worker left behind would go on serving old code on the port that its successor needs.
        kill_session(self.process.pid)
        self.process = None
        if time.monotonic() - self.started > SETTLED_AFTER:
            self.failures = 0
        pause = min(0.2 * 2**self.failures, LONGEST_PAUSE)
        self.failures += 1
        self.due = time.monotonic() + pause
        return _words_for(code)

    def ask_to_stop(self) -> None:
        """Send the signal that ends it in order."""
        if self.alive and self.process is not None:
            self.process.send_signal(signal.SIGTERM if self.spec.has_workers else self.spec.stop_signal)

    def kill(self) -> None:
        """End it and everything in its session at once."""
        if self.process is not None:
            kill_session(self.process.pid)
            self.process.wait()

    def last_words(self, lines: int = 3) -> str:
        """The end of its log."""
        return tail(self.log, lines)


def kill_session(leader: int) -> None:
    """SIGKILL every process in the group that ``leader`` leads or led."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)


def stop_all(children: Sequence[Child], *, hurry: Callable[[], bool]) -> list[str]:
    """Stop ``children`` side by side; returns the names of those that had to be killed.

    ``hurry`` is asked now and then whether the person at the keyboard has lost patience.
    """
    killed = []
    for child in children:
        child.ask_to_stop()
    asked = time.monotonic()
    while waiting := [child for child in children if child.alive]:
        for child in waiting:
            if time.monotonic() - asked > child.spec.grace + 3.0 or hurry():
                killed.append(child.spec.name)
                child.kill()
        time.sleep(0.02)
    for child in children:
        if child.process is not None:
            kill_session(child.process.pid)
    return killed


def tail(path: Path, lines: int) -> str:
    """The last lines of a log file, in one string."""
    try:
        with path.open("rb") as stream:
            stream.seek(max(0, path.stat().st_size - 8192))
            return "\n".join(stream.read().decode(errors="replace").splitlines()[-lines:])
    except OSError:
        return ""


def _words_for(code: int | None) -> str:
    if code is not None and (code < 0 or code > 128):
        number = -code if code < 0 else code - 128
        return f"was ended by signal {number}"
    return f"ended with status {code}"
