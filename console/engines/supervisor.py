"""The supervisor: starts everything in order, keeps it running, stops it in order.

One process, one thread. Every child is in a session of its own and dies with the supervisor, in whatever way that ends;
``child_guard.py`` sees to the children's own workers.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import time
from collections.abc import Callable, Sequence

from console.engines import addresses, lock, logfiles, plan
from console.engines.child_guard import PR_SET_CHILD_SUBREAPER, kill_all, parents
from console.engines.children import Child, Spec, stop_all
from console.engines.errors import Trouble
from console.engines.options import Wishes
from console.engines.paths import Places
from console.engines.postgres import Cluster
from console.engines.redis import RedisServer
from console.engines.screen import Screen

STOP = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
WATCHED = STOP | {signal.SIGCHLD}


class Stopped(Exception):
    """A person or the system asked the supervisor to stop."""


class Supervisor:
    """One console, from its engines to its web server."""

    def __init__(self, wishes: Wishes, screen: Screen) -> None:
        self.wishes = wishes
        self.screen = screen
        self.places = Places(wishes.home)
        self.engines: list[Child] = []
        self.programs: list[Child] = []
        self.errands: list[Child] = []
        """Programs that end by themselves: migrating, seeding."""
        self._lock: int | None = None
        self._swept = 0.0

    # Starting -----------------------------------------------------------------------------------------------------

    def claim(self) -> None:
        """Take the home and make sure that the port is free. Raises Trouble."""
        signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED)
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
        self._lock = lock.take(self.wishes.home, url=self.wishes.url)
        require_free_port(self.wishes.host, self.wishes.port)

    def start_engines(self) -> Cluster | None:
        """Start the embedded engines that the environment does not replace; returns the PostgreSQL cluster, if any."""
        cluster = None if self.wishes.external_database else Cluster(self.wishes.home)
        redis = None if self.wishes.external_redis else RedisServer(self.wishes.home)
        self.places.prepare()
        for server in (cluster, redis):
            if server is not None:
                server.prepare()
                self.engines.append(self.start(plan.engine(server)))
        addresses.write(self.wishes.home, plan.addresses(self.wishes, cluster, redis))
        for child in self.engines:
            self.wait_ready(child, within=60.0)
        if cluster is not None:
            cluster.settle()
        return cluster

    def start_programs(self, specs: Sequence[Spec]) -> None:
        """Start the programs; one that can tell when it is ready gets the machine to itself until then.

        The web server is first: a page is what the person at the keyboard waits for.
        """
        for spec in specs:
            self.programs.append(self.start(spec))
            self.wait_ready(self.programs[-1], within=120.0)

    def start(self, spec: Spec) -> Child:
        """Start one child."""
        child = Child(spec, self.places.logs / f"{spec.name}.log", self._lock)
        child.start()
        return child

    def wait_ready(self, child: Child, *, within: float) -> None:
        """Wait until ``child`` says it is ready. Raises Trouble when it ends or ``within`` seconds pass."""
        deadline = time.monotonic() + within
        while child.spec.ready is not None and not child.spec.ready():
            if not child.alive or time.monotonic() > deadline:
                raise Trouble(f"{child.spec.name} did not start. The end of {child.log}:\n{child.last_words(12)}")
            self.pause(0.03)

    def send(self, spec: Spec) -> Child:
        """Start a program that is expected to end; it is not restarted."""
        child = self.start(spec)
        self.errands.append(child)
        return child

    def wait_for(self, child: Child) -> None:
        """Wait until an errand ends. Raises Trouble, with the end of its log, when it fails."""
        while child.alive:
            self.pause(0.03)
        if child.process is not None and child.process.returncode != 0:
            raise Trouble(f"{child.spec.name} failed. The end of {child.log}:\n{child.last_words(12)}")

    # Running ------------------------------------------------------------------------------------------------------

    def watch(self, beside: Callable[[], bool]) -> None:
        """Keep every child running until asked to stop.

        ``beside`` is called in each round and answers whether it has more to do soon.
        """
        while True:
            more = beside()
            now = time.monotonic()
            for child in (*self.engines, *self.programs):
                self._tend(child, now)
            if now - self._swept > 30.0:
                self._swept = now
                logfiles.rotate_all(self.places.logs)
            waits = [child.due - now for child in (*self.engines, *self.programs) if child.process is None]
            self.pause(max(0.01, min([0.3 if more else 5.0, *waits])))

    def _tend(self, child: Child, now: float) -> None:
        if child.process is not None and not child.alive:
            how = child.bury()
            self._end_orphans()
            self.screen.note(f"{child.spec.name} {how}; starting it again ({child.log.name} may say why)")
        elif child.process is None and now >= child.due:
            child.start()

    def pause(self, seconds: float) -> None:
        """Wait for ``seconds`` or until a child ends. Raises Stopped when a signal asks for the end."""
        received = signal.sigtimedwait(WATCHED, seconds)
        while received is not None:
            if received.si_signo in STOP:
                raise Stopped
            received = signal.sigtimedwait(WATCHED, 0)
        self._reap_strangers()

    def _end_orphans(self) -> None:
        """Kill what a killed child guard or server has left to this process, even what had left its session."""
        while orphans := {pid for pid, parent in parents().items() if parent == os.getpid()} - self._own():
            for orphan in orphans:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(orphan, signal.SIGKILL)
            self._reap_strangers()
            time.sleep(0.01)

    def _reap_strangers(self) -> None:
        """Collect ended orphans, and leave the end of our own children to those who wait for it."""
        while True:
            try:
                found = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            except ChildProcessError:
                return
            if found is None or found.si_pid in self._own():
                return
            os.waitpid(found.si_pid, os.WNOHANG)

    def _own(self) -> set[int]:
        everyone = (*self.engines, *self.programs, *self.errands)
        return {child.process.pid for child in everyone if child.process is not None}

    # Stopping -----------------------------------------------------------------------------------------------------

    def stop(self) -> list[str]:
        """Stop everything, programs before engines; returns the names of those that had to be killed."""
        killed = stop_all([*self.errands, *self.programs], hurry=_asked_again)
        killed += stop_all(self.engines, hurry=lambda: False)
        kill_all()
        self.errands, self.programs, self.engines = [], [], []
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None
        return killed


def require_free_port(host: str, port: int) -> None:
    """Raise Trouble when something else listens on ``port``, or may not be listened on."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError as error:
            raise Trouble(f"Port {port} may only be used by root. Choose another, for example PORT=8000.") from error
        except OSError as error:
            raise Trouble(
                f"Port {port} on {host} is in use by another program ({error.strerror}). "
                f"Choose another one, for example: PORT={port + 1} make up"
            ) from error


def _asked_again() -> bool:
    received = signal.sigtimedwait({signal.SIGINT}, 0)
    return received is not None
