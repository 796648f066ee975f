"""Make the virtual environment and install what ``requirements.lock`` names; quick when nothing has changed.

Runs with the system's Python and nothing installed: ``python3 console/engines/install.py``. pip brings uv, pinned by
hash in ``installer.lock``; uv installs the hashed lock in a quarter of pip's time. Where uv has no build, or cannot
reach the index that pip is configured for, pip installs the same lock.
``--uv WORDS`` passes a command to uv: ``make lock`` settles the lock so.
Debian's Python comes without ``ensurepip``; then the system's pip installs into an environment without one.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
VENV = REPOSITORY / ".venv"
PYTHON = VENV / "bin" / "python"
UV = VENV / "bin" / "uv"
LOCK = REPOSITORY / "requirements.lock"
INSTALLER = REPOSITORY / "installer.lock"
STAMP = VENV / "installed-from"
OLDEST = (3, 11)

#: What pip is configured with, by the variable that tells uv the same.
_TOLD_TO_UV = {"index-url": "UV_DEFAULT_INDEX", "cert": "SSL_CERT_FILE"}
_SETTING = re.compile(r"^(?:global|user|site|install|:env:)\.\.?([a-z-]+)='(.*)'$")


def main(words: list[str]) -> int:
    """Bring the environment up to date; with ``--uv WORDS`` run uv in it instead."""
    if sys.version_info < OLDEST:
        return _say("Concord needs Python 3.11 or newer; say which one: PYTHON=python3.11 make …")
    if not _works():
        _make()
    if words[:1] == ["--uv"]:
        return (0 if UV.exists() else _bring_uv()) or _run([str(UV), *words[1:]])
    digest = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if STAMP.exists() and STAMP.read_text() == digest:
        return 0
    sys.stdout.write("Installing from requirements.lock into .venv (once; a minute or less) …\n")
    sys.stdout.flush()
    status = _install()
    if status == 0:
        STAMP.write_text(digest)
    return status


def _works() -> bool:
    """Whether there is an environment whose Python runs and is not too old (the system's may have been upgraded)."""
    if not PYTHON.exists():
        return False
    question = f"import sys; sys.exit(sys.version_info < {OLDEST})"
    return _quietly([str(PYTHON), "-I", "-c", question])


def _make() -> None:
    shutil.rmtree(VENV, ignore_errors=True)
    bare = [] if find_spec("ensurepip") else ["--without-pip"]
    subprocess.run([sys.executable, "-m", "venv", *bare, str(VENV)], check=True)  # noqa: S603


def _install() -> int:
    """Install the lock by uv; by pip where that does not work, whose own words then say what is wrong."""
    if _bring_uv(quietly=True) == 0:
        words = ["--quiet", "--require-hashes", "--compile-bytecode", "--python", str(PYTHON), "-r", str(LOCK)]
        if _quietly([str(UV), "pip", "install", *words], env=os.environ | _index()):
            return 0
    return _pip("install", "--quiet", "--require-hashes", "--requirement", str(LOCK))


def _bring_uv(*, quietly: bool = False) -> int:
    words = ("install", "--quiet", "--require-hashes", "--only-binary", ":all:", "--requirement", str(INSTALLER))
    return _pip(*words, quietly=quietly)


def _index() -> dict[str, str]:
    """The index and the certificates that pip is configured with, as uv wants to be told."""
    command = [*_pip_command(), "config", "list"]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stdout  # noqa: S603
    settings = (match.groups() for line in said.splitlines() if (match := _SETTING.match(line)))
    return {_TOLD_TO_UV[name]: value for name, value in settings if name in _TOLD_TO_UV}


def _pip(verb: str, *words: str, quietly: bool = False) -> int:
    command = _pip_command()
    if not command:
        return _say("There is no pip. Install it first: apt-get install python3-pip")
    command += [verb, "--disable-pip-version-check", "--no-input", "--root-user-action=ignore", *words]
    return int(not _quietly(command)) if quietly else _run(command)


def _pip_command() -> list[str]:
    """The environment's own pip, or the system's working on the environment; empty when there is none."""
    if _quietly([str(PYTHON), "-c", "import pip"]):
        return [str(PYTHON), "-m", "pip"]
    return [sys.executable, "-m", "pip", "--python", str(PYTHON)] if find_spec("pip") else []


def _run(command: list[str]) -> int:
    return subprocess.run(command, check=False).returncode  # noqa: S603


def _quietly(command: list[str], env: dict[str, str] | None = None) -> bool:
    return subprocess.run(command, capture_output=True, check=False, env=env).returncode == 0  # noqa: S603


def _say(sentence: str) -> int:
    sys.stderr.write(sentence + "\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
