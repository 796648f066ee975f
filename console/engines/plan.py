"""Which programs make up the console, and with which words each is started."""

from __future__ import annotations

import http.client
import os
import sys
from collections.abc import Mapping

from console.engines.addresses import Addresses
from console.engines.children import Spec
from console.engines.options import REPOSITORY, Wishes
from console.engines.paths import Places, secrets_of
from console.engines.postgres import Cluster
from console.engines.redis import RedisServer

QUEUES = "celery,intake"


def environment(wishes: Wishes) -> dict[str, str]:
    """What every program of ours finds in its environment. Passwords stay in the private file that settings read."""
    own = {
        "DJANGO_SETTINGS_MODULE": "console.settings",
        "CONCORD_HOME": str(wishes.home),
        "PORT": str(wishes.port),
        "PYTHONUNBUFFERED": "1",
        # Threads that each keep an arena of freed memory cost the idle console tens of megabytes.
        "MALLOC_ARENA_MAX": "2",
    }
    return dict(os.environ) | own | ({"CONCORD_DEMO": "1"} if wishes.demo else {})


def engine(server: Cluster | RedisServer) -> Spec:
    """An embedded engine as a child."""
    return Spec(
        name=server.name,
        argv=server.command(),
        cwd=server.places.engines,
        stop_signal=server.stop_signal,
        grace=60.0,  # a checkpoint of much fresh data takes its time, and is worth it
        account=server.places.account,
        ready=server.ready,
    )


def addresses(wishes: Wishes, cluster: Cluster | None, redis: RedisServer | None) -> Addresses:
    """The addresses of the embedded engines; blank for those that the environment replaces."""
    return Addresses(
        database_url=cluster.app_url if cluster else "",
        owner_url=cluster.owner_url if cluster else "",
        admin_url=cluster.admin_url if cluster else "",
        redis_url=redis.url if redis else "",
        secret_key=secrets_of(wishes.home)["secret_key"],
    )


def programs(wishes: Wishes, places: Places) -> list[Spec]:
    """Web server, task workers and schedule, in the order they are started in."""
    env = environment(wishes)
    return [_web(wishes, env), _worker(wishes, env), _schedule(places, env)]


def serving(wishes: Wishes) -> bool:
    """Whether the web server answers a request without an error of its own."""
    host = "127.0.0.1" if wishes.host in {"0.0.0.0", "::"} else wishes.host  # noqa: S104 - compared, not bound
    connection = http.client.HTTPConnection(host, wishes.port, timeout=10)
    try:
        connection.request("GET", "/healthz", headers={"Host": "localhost"})
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _web(wishes: Wishes, env: Mapping[str, str]) -> Spec:
    words = [sys.executable, "-m", "granian", "console.wsgi:application", "--interface", "wsgi", "--no-ws"]
    words += ["--host", wishes.host, "--port", str(wishes.port), "--log-level", "error"]
    words += ["--workers", str(wishes.web_workers), "--blocking-threads", str(wishes.web_threads)]
    words += ["--respawn-failed-workers", "--workers-kill-timeout", "5"]
    return Spec("web", words, REPOSITORY, env, grace=8.0, has_workers=True, ready=lambda: serving(wishes))


def _worker(wishes: Wishes, env: Mapping[str, str]) -> Spec:
    words = [sys.executable, "-m", "celery", "-A", "console.celery:app", "worker", "--loglevel", "WARNING"]
    words += ["--pool", "prefork", "--concurrency", str(wishes.task_processes), "--queues", QUEUES]
    words += ["--without-gossip", "--without-mingle"]
    return Spec("worker", words, REPOSITORY, env, grace=10.0, has_workers=True)


def _schedule(places: Places, env: Mapping[str, str]) -> Spec:
    words = [sys.executable, "-m", "console.engines.schedule", str(places.beat / "schedule")]
    return Spec("schedule", words, REPOSITORY, env)
