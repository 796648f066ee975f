"""The whole console, as a person starts it: from nothing, a second time, and with its programs killed under it."""

from __future__ import annotations

import http.client
import os
import signal
from pathlib import Path

import pytest
import redis

from tests.engines.conftest import Stage, census, wait_until

pytestmark = pytest.mark.slow


def status(port: int, path: str = "/accounts/login/") -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()


@pytest.fixture
def console(home: Path, port: int) -> Stage:
    return Stage(home, port, module="console.engines", words=("up",))


def test_it_serves_comes_back_and_stops(console: Stage) -> None:
    console.start()
    assert wait_until(lambda: "Open http" in console.said(), within=180), console.said()
    assert status(console.port) == 200
    _kill_and_wait_for_return(console)
    assert console.stop() == 0
    assert "Stopped." in console.said()
    assert not census(console.home)

    # A second start does nothing twice. How long it takes is measured in benchmarks/, not here.
    console.start()
    assert wait_until(lambda: status(console.port) == 200, within=60), console.said()
    assert wait_until(lambda: "Open http" in console.said()), console.said()
    assert "Database: up to date" in console.said()
    assert "Static files: up to date" in console.said()

    assert console.process is not None
    console.process.kill()
    console.process.wait()
    assert wait_until(lambda: not census(console.home), within=20), census(console.home)


def _kill_and_wait_for_return(console: Stage) -> None:
    for words in ("granian", "celery -A console.celery:app worker", "console.engines.schedule"):
        before = {pid for pid, line in census(console.home).items() if words in line}
        assert before, words
        for pid in before:
            os.kill(pid, signal.SIGKILL)
        assert wait_until(lambda words=words, before=before: _fresh(console, words) - before, within=30), words
    assert wait_until(lambda: status(console.port) == 200, within=60), console.said()
    assert wait_until(lambda: _workers_listen(console), within=60), (console.home / "log" / "worker.log").read_text()


def _fresh(console: Stage, words: str) -> set[int]:
    return {pid for pid, line in census(console.home).items() if words in line}


def _workers_listen(console: Stage) -> bool:
    """Whether someone waits at the broker for the tasks of every queue."""
    clients = redis.Redis.from_url(console.addresses.redis_url).client_list()
    return any(client["cmd"] == "brpop" for client in clients)
