"""From the command to the first page, engines included, the second time; and the memory of a console no one uses."""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.engines import ROOT, URLS
from benchmarks.figures import Figure

SECONDS, MIB = 5.0, 400
QUIET = 12.0
PATIENCE = 180.0


def measure() -> list[Figure]:
    """Seconds to the first page and MiB of all processes together."""
    home = Path(tempfile.mkdtemp(prefix="concord-bench-"))
    home.chmod(0o711)
    try:
        first, _ = _start(home, quiet=0)
        second, memory = _start(home, quiet=QUIET)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    return [
        Figure("second start, engines included, to the first page", second, "s", SECONDS, raw={"first start s": first}),
        Figure(
            "idle console, all processes (PSS)",
            sum(memory.values()),
            "MiB",
            MIB,
            raw={name: round(value) for name, value in sorted(memory.items())},
        ),
    ]


def _start(home: Path, *, quiet: float) -> tuple[float, dict[str, float]]:
    """Start the console, wait for its sign-in page, leave it alone for ``quiet`` seconds, stop it."""
    port = _free_port()
    own = {"CONCORD_HOME": str(home), "PORT": str(port)}
    environment = {key: value for key, value in os.environ.items() if key not in {*URLS, "REDIS_URL"}} | own
    for name in ("CONCORD_SECRET_KEY", "CONCORD_BENCH_TEMPLATE"):
        environment.pop(name, None)
    began = time.perf_counter()
    with (home / "up.log").open("ab") as log:
        up = subprocess.Popen([sys.executable, "manage.py", "up"], cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        while not _page(port):
            if up.poll() is not None or time.perf_counter() - began > PATIENCE:
                raise RuntimeError(f"The console did not start: {(home / 'up.log').read_text()[-2000:]}")
            time.sleep(0.02)
        seconds = time.perf_counter() - began
        time.sleep(quiet)
        memory = _memory(up.pid) if quiet else {}
    finally:
        up.send_signal(signal.SIGINT)
        up.wait(timeout=90)
    return seconds, memory


def _page(port: int) -> bool:
    """Whether the sign-in page comes whole."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/accounts/login/")
        response = connection.getresponse()
        return response.status == 200 and b"</html>" in response.read()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _memory(root: int) -> dict[str, float]:
    """MiB by kind of program over the process and all its descendants; shared pages are split among their users."""
    found: dict[str, float] = {}
    for process in _family(root):
        try:
            rollup = Path(f"/proc/{process}/smaps_rollup").read_text()
            words = Path(f"/proc/{process}/cmdline").read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue  # it has ended, or it is someone else's and may not be looked into
        size = next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")) / 1024
        found[_kind(words)] = found.get(_kind(words), 0.0) + size
    return found


def _family(root: int) -> list[int]:
    parents: dict[int, list[int]] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents.setdefault(int(fields[1]), []).append(int(status.parent.name))
    family, todo = [], [root]
    while todo:
        family.append(todo.pop())
        todo += parents.get(family[-1], [])
    return family


def _kind(words: list[str]) -> str:
    line = " ".join(words)
    known = ("granian", "worker", "beat", "valkey", "redis", "postgres", "child_guard", "manage.py up")
    return next((name for name in known if name in line), "other")
