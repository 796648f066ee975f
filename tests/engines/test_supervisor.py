"""However processes die: everything comes back, nothing is lost, nothing is left."""

from __future__ import annotations

import os
import signal
import socket
from pathlib import Path

import psycopg2
import pytest
import redis

from console.engines import databases, lock
from console.engines.postgres import Cluster
from tests.engines.conftest import Stage, census, wait_until

pytestmark = pytest.mark.slow

POSTGRES, REDIS, CHILD_GUARD, SERVER = "bin/postgres -D", "valkey-server", "child_guard.py", "web-started"


def answering(stage: Stage) -> bool:
    try:
        return (
            databases.answers(stage.addresses.database_url) and redis.Redis.from_url(stage.addresses.redis_url).ping()
        )
    except redis.ConnectionError:
        return False


def test_kill_9_of_any_child_brings_it_back_with_its_data(stage: Stage) -> None:
    stage.up()
    with databases.session(stage.addresses.owner_url) as cur:
        cur.execute("CREATE TABLE kept (what text); INSERT INTO kept VALUES ('row')")
    redis.Redis.from_url(stage.addresses.redis_url).rpush("queue", "message")
    for words in (POSTGRES, REDIS, CHILD_GUARD, SERVER):
        killed = stage.pid_of(words)
        assert killed, words
        before = set(census(stage.home))
        os.kill(killed, signal.SIGKILL)
        came_back = wait_until(lambda words=words, before=before: set(_pids(stage, words)) - before)
        assert came_back, f"{words} did not come back: {stage.said()}"
        assert killed not in census(stage.home)
    assert wait_until(lambda: answering(stage)), stage.said()
    with databases.session(stage.addresses.database_url) as cur:
        cur.execute("SELECT what FROM kept")
        assert cur.fetchall() == [("row",)]
    assert redis.Redis.from_url(stage.addresses.redis_url).lrange("queue", 0, -1) == [b"message"]


def test_a_killed_program_leaves_no_worker_beside_its_successor(stage: Stage) -> None:
    stage.up()
    old = set(_pids(stage, SERVER))
    assert len(old) == 4  # the child guard, the server and its two workers
    os.kill(min(old), signal.SIGKILL)  # the child guard itself
    assert wait_until(lambda: len(set(_pids(stage, SERVER)) - old) == 4), stage.said()
    assert not set(_pids(stage, SERVER)) & old  # not even the worker that had left its session


def test_kill_9_of_the_supervisor_leaves_nothing_and_the_next_start_finds_the_data(stage: Stage) -> None:
    stage.up()
    with databases.session(stage.addresses.owner_url) as cur:
        cur.execute("CREATE TABLE kept (what text); INSERT INTO kept VALUES ('row')")
    assert stage.process is not None
    assert len(census(stage.home)) > 8
    stage.process.kill()
    stage.process.wait()
    stage.up()  # at once: it waits for the engines of the killed one to let go
    with databases.session(stage.addresses.database_url) as cur:
        cur.execute("SELECT what FROM kept")
        assert cur.fetchall() == [("row",)]
    stage.process.kill()
    stage.process.wait()
    assert wait_until(lambda: not census(stage.home)), census(stage.home)
    assert "database system is shut down" in (stage.home / "log" / "postgres.log").read_text()[-2000:]


def test_ctrl_c_ends_everything_in_order(stage: Stage) -> None:
    stage.up()
    assert stage.stop() == 0
    assert not census(stage.home)
    assert "database system is shut down" in (stage.home / "log" / "postgres.log").read_text()[-2000:]
    assert lock.free(stage.home)


def test_ctrl_c_while_starting_ends_everything(stage: Stage) -> None:
    process = stage.start()
    assert wait_until(lambda: (stage.home / "postgres").exists() or stage.pid_of(POSTGRES))
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=30) == 0
    assert not census(stage.home)
    assert stage.up().process is not None


def test_a_second_supervisor_of_the_same_home_is_refused(stage: Stage) -> None:
    stage.up()
    second = Stage(stage.home, stage.port)
    process = second.start()
    assert process.wait(timeout=30) == 1
    assert f"already runs from {stage.home}" in second.said()
    assert stage.process is not None
    assert f"process {stage.process.pid}" in second.said()
    assert answering(stage)


def test_a_port_in_use_is_named_before_anything_starts(stage: Stage) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", stage.port))
        other.listen()
        assert stage.start().wait(timeout=30) == 1
    assert f"Port {stage.port} on 127.0.0.1 is in use by another program" in stage.said()
    assert not (stage.home / "postgres").exists()


def test_passwords_are_in_no_command_line_and_no_file_that_others_can_read(stage: Stage) -> None:
    stage.up()
    secrets = Cluster(stage.home).places.home / "secrets.json"
    words = [value for value in secrets.read_text().split('"') if len(value) >= 32]
    assert len(words) == 5
    lines = " ".join(census(stage.home).values())
    assert not [word for word in words if word in lines]
    for path in (path for path in stage.home.rglob("*") if path.is_file() and path.stat().st_size < 100_000):
        if any(word.encode() in path.read_bytes() for word in words):
            assert path.stat().st_mode & 0o077 == 0, path


def test_no_port_of_the_network_is_listened_on_by_the_engines(stage: Stage) -> None:
    stage.up()
    with databases.session(stage.addresses.admin_url) as cur:
        cur.execute("SHOW listen_addresses")
        assert cur.fetchone() == ("",)
    with pytest.raises(psycopg2.OperationalError):
        psycopg2.connect(stage.addresses.database_url.replace("concord_app:", "concord_app:not-"))
    with pytest.raises(redis.AuthenticationError):
        redis.Redis(unix_socket_path=str(_socket(stage)), password="not").ping()


def _socket(stage: Stage) -> Path:
    return Path(stage.addresses.redis_url.rpartition("@")[2])


def _pids(stage: Stage, words: str) -> list[int]:
    return [pid for pid, line in census(stage.home).items() if words in line]
