"""What the environment asks of the supervisor, read without Django so that it starts at once and stays small."""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import dataclass
from pathlib import Path

from console.engines.errors import Trouble

REPOSITORY = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Wishes:
    """One start of the console. External servers replace the embedded engines of the same kind."""

    home: Path
    host: str = "127.0.0.1"
    port: int = 8000
    web_workers: int = 1
    web_threads: int = 8
    task_processes: int = 2
    demo: bool = False
    external_database: bool = False
    external_redis: bool = False
    admin_known: bool = True
    """Whether a superuser's address is known, which guarding the audit log needs."""

    @property
    def url(self) -> str:
        """Where a browser on this machine finds the console."""
        shown = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104 - shown, not bound
        return f"http://{shown}:{self.port}/"


def read(environment: MutableMapping[str, str], *, demo: bool = False) -> Wishes:
    """Read the wishes from ``environment``. Raises Trouble for a number that is none or out of range."""
    external = _given(environment, "DATABASE_URL")
    return Wishes(
        home=home_of(environment),
        host=environment.get("CONCORD_BIND") or "127.0.0.1",
        port=_number(environment, "PORT", 8000, 1, 65535),
        web_workers=_number(environment, "CONCORD_WEB_WORKERS", 1, 1, 64),
        web_threads=_number(environment, "CONCORD_WEB_THREADS", 8, 1, 256),
        task_processes=_number(environment, "CONCORD_TASK_PROCESSES", 2, 1, 64),
        demo=demo or environment.get("CONCORD_DEMO", "").lower() in {"1", "true", "yes"},
        external_database=external,
        external_redis=_given(environment, "REDIS_URL"),
        admin_known=not external or _given(environment, "DATABASE_ADMIN_URL"),
    )


def home_of(environment: MutableMapping[str, str]) -> Path:
    """The folder with everything the console keeps: CONCORD_HOME, or ``var/`` beside the code."""
    return Path(environment.get("CONCORD_HOME") or REPOSITORY / "var").absolute()


def read_env_file(path: Path, environment: MutableMapping[str, str]) -> None:
    """Add the ``NAME=value`` lines of a ``.env`` file; what the environment has already said stands.

    Raises Trouble naming the line that is neither empty, a comment nor ``NAME=value``.
    """
    if not path.exists():
        return
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        name, equals, value = line.strip().partition("=")
        if not name or name.startswith("#"):
            continue
        if not equals or not name.strip().isidentifier():
            raise Trouble(f"{path.name}, line {number}: expected NAME=value. See .env.example.")
        environment.setdefault(name.strip(), value.strip().strip("'\""))


def _given(environment: MutableMapping[str, str], name: str) -> bool:
    return bool(environment.get(name) or environment.get(f"{name}_FILE"))


def _number(environment: MutableMapping[str, str], name: str, default: int, least: int, most: int) -> int:
    given = environment.get(name) or str(default)
    if not given.isdigit() or not least <= int(given) <= most:
        raise Trouble(f"{name} must be a whole number from {least} to {most}; see .env.example.")
    return int(given)
