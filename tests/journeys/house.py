"""The whole console as a newcomer starts it, in a home of its own: engines, web server, workers and schedule."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2

ROOT = Path(__file__).resolve().parents[2]
#: What this test process's own engines set, and a newcomer's shell does not.
OURS = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_ADMIN_URL", "REDIS_URL", "CONCORD_SECRET_KEY", "CONCORD_HOME")


@dataclass(frozen=True)
class House:
    """A running console: where it answers, where its files are, and who can sign in."""

    url: str
    home: Path
    environment: dict[str, str]
    pid: int

    def manage(self, *words: str) -> str:
        """Run one management command against this console and give its output. Raises when it fails."""
        command = [sys.executable, str(ROOT / "manage.py"), *words]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{' '.join(words)} failed:\n{done.stdout}{done.stderr}")
        return done.stdout

    def password(self, username: str) -> str:
        """How one of the cast signs in."""
        lines = (self.home / "demo-logins.txt").read_text().splitlines()
        return next(line.split()[1] for line in lines if line.startswith(username))

    def token(self) -> str:
        """The pipeline's API token."""
        lines = (self.home / "demo-logins.txt").read_text().splitlines()
        return next(line for line in lines if line.startswith("API token")).split()[-1]

    def addresses(self) -> dict[str, str]:
        """The engines' addresses: ``database_url`` (app), ``owner_url``, ``admin_url``."""
        found: dict[str, str] = json.loads((self.home / "addresses.json").read_text())
        return found

    def rows(self, query: str, *values: object, owner: bool = False) -> list[tuple[Any, ...]]:
        """What the database answers to one statement, as the app or as the owner; it is rolled back."""
        address = self.addresses()["owner_url" if owner else "database_url"]
        connection = psycopg2.connect(address)
        try:
            with connection.cursor() as cursor:
                cursor.execute(query, values)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def one(self, query: str, *values: object) -> Any:
        """The first value of the first row; None without rows."""
        found = self.rows(query, *values)
        return found[0][0] if found else None

    def stage(self, *scenes: str) -> None:
        """Bring more onto the stage; see ``tests.journeys.stage``. Raises when it fails."""
        command = [sys.executable, "-m", "tests.journeys.stage", *scenes]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    def change(self, query: str, *values: object) -> None:
        """Change a row as the owner: what only time would bring about otherwise."""
        connection = psycopg2.connect(self.addresses()["owner_url"])
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(query, values)
        finally:
            connection.close()

    def wait(self, query: str, *values: object, seconds: int = 120, every: float = 0.5) -> Any:
        """Wait until a query's first value is true; give it. Raises AssertionError when it takes too long."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if found := self.one(query, *values):
                return found
            time.sleep(every)
        raise AssertionError(f"Waited {seconds} seconds for {query} with {values}.")

    @contextmanager
    def workers_held(self, query: str, *values: object) -> Iterator[Any]:
        """Once the query's first value is true the task workers stand still (SIGSTOP): a moment to look half-way."""
        workers = _below(self.pid, ("celery", "worker"))
        assert workers, "The console has no task worker."
        found = self.wait(query, *values, every=0.02)
        for pid in workers:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield found
        finally:
            for pid in workers:
                os.kill(pid, signal.SIGCONT)

    def api(self, path: str, body: object | None = None) -> tuple[int, dict[str, object]]:
        """Call the API as the pipeline; gives status and JSON."""
        headers = {"Authorization": f"Bearer {self.token()}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=data, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)


@contextmanager
def running(home: Path, *, demo: bool = False) -> Iterator[House]:
    """Start the console as ``make up`` or ``make demo`` does, wait until it is ready, and stop it as Ctrl-C does."""
    port = _free_port()
    environment = {key: value for key, value in os.environ.items() if key not in OURS}
    environment |= {"CONCORD_HOME": str(home), "PORT": str(port), "DJANGO_SETTINGS_MODULE": "console.settings"}
    log = (home / "up.log").open("w")
    command = [sys.executable, "-m", "console.engines", "up", *(["--demo"] if demo else [])]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT)
    try:
        _wait_for(f"http://127.0.0.1:{port}/readyz", process, home / "up.log")
        if demo:
            _wait_for_demo(process, home / "up.log")
        yield House(f"http://127.0.0.1:{port}", home, environment, process.pid)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)
        log.close()


def _below(pid: int, words: tuple[str, ...]) -> list[int]:
    """The processes under ``pid`` whose command line has all of ``words``."""
    parents: dict[int, int] = {}
    lines: dict[int, str] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                lines[int(entry.name)] = (entry / "cmdline").read_text().replace("\0", " ")
            except OSError:
                continue  # it has ended meanwhile

    def descends(each: int) -> bool:
        while each in parents:
            each = parents[each]
            if each == pid:
                return True
        return False

    return [each for each, line in lines.items() if all(word in line for word in words) and descends(each)]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"The console ended while starting:\n{log.read_text()}")
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            pass
        time.sleep(0.3)
    raise RuntimeError(f"The console was not ready after two minutes:\n{log.read_text()}")


def _wait_for_demo(process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        said = log.read_text()
        if "The demonstration hospital is there" in said:
            return
        if process.poll() is not None or "could not be loaded" in said:
            break
        time.sleep(0.5)
    raise RuntimeError(f"The demonstration was not loaded:\n{log.read_text()}")
