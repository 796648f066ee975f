"""Throw-away engines for tests: one PostgreSQL and one Redis-compatible server for a whole test session.

In ``conftest.py``, before Django reads its settings::

    from console.engines.testing import engines

    def pytest_configure(config):
        addresses = engines()                            # starts them, about one second
        os.environ["DATABASE_URL"] = addresses.database_url
        os.environ["DATABASE_OWNER_URL"] = addresses.owner_url
        os.environ["DATABASE_ADMIN_URL"] = addresses.admin_url
        os.environ["REDIS_URL"] = addresses.redis_url

With pytest-xdist the controller starts them and each worker, which inherits the environment, finds them: give each
worker a database of its own with ``console.engines.databases.create_database(addresses.admin_url, name, template=…)``
and a Redis database or key prefix of its own. The engines end and their files go when the process that started them
ends, in whatever way it does.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from console.engines import addresses
from console.engines.addresses import Addresses
from console.engines.errors import Trouble
from console.engines.paths import secrets_of
from console.engines.postgres import Cluster
from console.engines.processes import kept, launch
from console.engines.redis import RedisServer

HOME_VARIABLE = "CONCORD_TEST_ENGINES"
PREFIX = "concord-test-"


def engines() -> Addresses:
    """The addresses of this test session's engines, started at the first call. Call it first from the main thread.

    Raises Trouble when one of them does not start within 30 seconds.
    """
    home = os.environ.get(HOME_VARIABLE)
    if not home or not Path(home).exists():
        home = str(start(_fresh_home()))
        os.environ[HOME_VARIABLE] = home
    return addresses.read(home)


def start(home: Path) -> Path:
    """Start throw-away engines under ``home``, which is removed when this process ends; returns ``home``."""
    if threading.current_thread() is not threading.main_thread():
        raise Trouble(
            "Start the test engines from the main thread: the kernel ends them when the starting thread ends."
        )
    cluster, redis = Cluster(home, durable=False), RedisServer(home, durable=False)
    redis.prepare()
    cluster.prepare()
    removed = sorted({home, cluster.places.engines, cluster.places.sockets})
    children = []
    for engine in (cluster, redis):
        command = kept(
            engine.command(), stop=engine.stop_signal, grace=5.0, account=cluster.places.account, remove=removed
        )
        with (cluster.places.logs / f"{engine.name}.log").open("ab") as log:
            children.append(launch(command, output=log.fileno(), cwd=Path("/")))
    _wait([cluster, redis], children)
    cluster.settle()
    addresses.write(
        home,
        Addresses(
            database_url=cluster.app_url,
            owner_url=cluster.owner_url,
            admin_url=cluster.admin_url,
            redis_url=redis.url,
            secret_key=secrets_of(home)["secret_key"],
        ),
    )
    return home


def _wait(waiting: list[Cluster | RedisServer], children: list[subprocess.Popen[bytes]]) -> None:
    deadline = time.monotonic() + 30.0
    while waiting := [engine for engine in waiting if not engine.ready()]:
        if time.monotonic() > deadline or any(child.poll() is not None for child in children):
            log = waiting[0].places.logs / f"{waiting[0].name}.log"
            raise Trouble(f"The test engine {waiting[0].name} did not start: {log.read_text(errors='replace')[-800:]}")
        time.sleep(0.02)


def _fresh_home() -> Path:
    """A new folder named after this process; folders whose process is gone (power cut) are swept away."""
    root = Path(tempfile.gettempdir())
    for left in root.glob(f"{PREFIX}*"):
        owner = left.name.removeprefix(PREFIX).split("-")[0]
        if owner.isdigit() and not Path(f"/proc/{owner}").exists():
            shutil.rmtree(left, ignore_errors=True)
    home = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
    home.chmod(0o711)
    return home
