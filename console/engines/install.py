"""Make the virtual environment and install what ``requirements.lock`` names; quick when nothing has changed.

Runs with the system's Python and nothing installed: ``python3 console/engines/install.py [--tool NAME]``.
Debian's Python comes without ``ensurepip``; then the system's pip installs into an environment without one.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
VENV = REPOSITORY / ".venv"
PYTHON = VENV / "bin" / "python"
LOCK = REPOSITORY / "requirements.lock"
STAMP = VENV / "installed-from"
OLDEST = (3, 11)


def main(words: list[str]) -> int:
    """Bring the environment up to date; with ``--tool NAME`` add one tool to it instead."""
    if sys.version_info < OLDEST:
        return _say("Concord needs Python 3.11 or newer; say which one: PYTHON=python3.11 make …")
    if not _works():
        _make()
    if words[:1] == ["--tool"]:
        return _pip("install", *words[1:])
    digest = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if STAMP.exists() and STAMP.read_text() == digest:
        return 0
    sys.stdout.write("Installing from requirements.lock into .venv (once; a minute or less) …\n")
    sys.stdout.flush()
    status = _pip("install", "--quiet", "--require-hashes", "--requirement", str(LOCK))
    if status == 0:
        STAMP.write_text(digest)
    return status


def _works() -> bool:
    """Whether there is an environment whose Python runs and is not too old (the system's may have been upgraded)."""
    if not PYTHON.exists():
        return False
    question = f"import sys; sys.exit(sys.version_info < {OLDEST})"
    return subprocess.run([PYTHON, "-I", "-c", question], capture_output=True, check=False).returncode == 0  # noqa: S603


def _make() -> None:
    shutil.rmtree(VENV, ignore_errors=True)
    bare = [] if find_spec("ensurepip") else ["--without-pip"]
    subprocess.run([sys.executable, "-m", "venv", *bare, str(VENV)], check=True)  # noqa: S603


def _pip(*words: str) -> int:
    quiet = ["--disable-pip-version-check", "--no-input", "--root-user-action=ignore"]
    if subprocess.run([PYTHON, "-c", "import pip"], capture_output=True, check=False).returncode == 0:  # noqa: S603
        command = [str(PYTHON), "-m", "pip"]
    elif find_spec("pip"):
        command = [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    else:
        return _say("There is no pip. Install it first: apt-get install python3-pip")
    verb, *rest = words
    return subprocess.run([*command, verb, *quiet, *rest], check=False).returncode  # noqa: S603


def _say(sentence: str) -> int:
    sys.stderr.write(sentence + "\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
