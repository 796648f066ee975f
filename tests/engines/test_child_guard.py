"""The child guard: whatever a program has started goes when the child guard's parent goes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from console.engines.processes import kept, launch
from tests.engines.conftest import census, wait_until

# A program with a worker in a session of its own that ignores SIGTERM; its environment names the home for the census.
UNRULY = """
import os, signal, time
if os.fork() == 0:
    os.setsid()
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
time.sleep(600)
"""
PARENT = """
import os, sys, time
from pathlib import Path
from console.engines.processes import kept, launch
command = kept([sys.executable, "-c", sys.argv[1]], grace=0.5, remove=[Path(sys.argv[2])])
launch(command, output=os.open(os.devnull, os.O_WRONLY))
time.sleep(600)
"""


def run(*argv: str, grace: float = 1.0) -> subprocess.Popen[bytes]:
    return launch(kept(list(argv), grace=grace), output=os.open(os.devnull, os.O_WRONLY))


@pytest.mark.parametrize(("program", "status"), [("exit 0", 0), ("exit 7", 7), ("kill -9 $$", 137)])
def test_it_ends_as_its_program_ends(program: str, status: int) -> None:
    assert run("/bin/sh", "-c", program).wait(timeout=10) == status


def test_it_says_when_there_is_no_such_program(tmp_path: Path) -> None:
    with (tmp_path / "log").open("wb") as log:
        assert launch(kept(["/no/such/program"]), output=log.fileno()).wait(timeout=10) == 127
    assert "/no/such/program: No such file or directory" in (tmp_path / "log").read_text()


def test_asked_to_stop_it_passes_the_request_on_and_kills_what_stays(home: Path) -> None:
    env = dict(os.environ) | {"CONCORD_HOME": str(home)}
    words = kept([sys.executable, "-c", UNRULY], grace=0.5)
    process = launch(words, output=os.open(os.devnull, os.O_WRONLY), env=env)
    assert wait_until(lambda: len(census(home)) == 3)
    process.terminate()
    assert process.wait(timeout=10) == 128 + signal.SIGTERM
    assert not census(home)


def test_nothing_survives_a_parent_killed_with_signal_9(home: Path) -> None:
    folder = home.parent / "scratch"
    folder.mkdir()
    (folder / "file").touch()
    env = dict(os.environ) | {"CONCORD_HOME": str(home), "PYTHONPATH": os.getcwd()}
    parent = subprocess.Popen([sys.executable, "-c", PARENT, UNRULY, str(folder)], env=env)
    assert wait_until(lambda: len(census(home)) == 4)  # parent, child guard, program, worker
    parent.kill()
    parent.wait()
    assert wait_until(lambda: not census(home)), census(home)
    assert wait_until(lambda: not folder.exists())
