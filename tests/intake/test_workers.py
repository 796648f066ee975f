"""Workers that die, meet, or are given something monstrous. Real processes on a database of their own."""

from __future__ import annotations

import gzip
import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from console.audit.models import LogEntry
from samples.generate import make_package
from tests.databases import ROOT
from tests.intake import making
from triage.cases.models import Case, Occurrence
from triage.intake import actions, loader, queries, tasks
from triage.intake.actions import leases
from triage.runs.models import FileState, Run, RunFile, RunState

pytestmark = [pytest.mark.committed, pytest.mark.slow]

LOAD = """
import os, sys
import django
django.setup()
from django.conf import settings
settings.PACKAGE_ROOT, settings.INTAKE_CHUNK_LINES = __import__("pathlib").Path(sys.argv[1]), int(sys.argv[2])
from triage.intake import loader
from triage.runs.models import RunFile
for run in sys.argv[3].split(","):
    loader.check(int(run))
    for file in RunFile.objects.filter(run=int(run)):
        loader.load(file.pk)
# VmHWM, not ru_maxrss: that one begins with what the process that forked this one had.
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(int(peak.split()[1]) // 1024)
"""


@pytest.fixture(autouse=True)
def _world(committed_db: str) -> None:
    making.world()


def worker(settings: Any, run: Run, chunk: int) -> subprocess.Popen[str]:
    """A process that takes the run in, as a Celery worker would."""
    command = [sys.executable, "-c", LOAD, str(settings.PACKAGE_ROOT), str(chunk), str(run.pk)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True, cwd=ROOT)


def wait_for(question: Any, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not question():
        assert time.monotonic() < deadline, "it never came to pass"
        time.sleep(0.02)


def test_a_killed_worker_loses_nothing_and_doubles_nothing(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [*making.merge_lines(1, 6000), b"{", *making.merge_lines(1, 50)]
    run = making.announce(making.package(tmp_path, "run-1", lines, "m.ndjson.gz")).run
    file = run.files.get()
    first = worker(settings, run, 200)
    wait_for(lambda: RunFile.objects.get(pk=file.pk).lines >= 400)
    first.send_signal(signal.SIGKILL)
    first.wait()
    file.refresh_from_db()
    assert 400 <= file.lines < 6051, "it was killed in the middle"
    assert Occurrence.objects.count() == file.lines
    assert actions.lease_file(file.pk) is None, "its lease still stands"
    RunFile.objects.filter(pk=file.pk).update(lease_until=None)
    settings.INTAKE_CHUNK_LINES = 500
    assert loader.load(file.pk) is True
    run.refresh_from_db()
    assert (run.state, run.lines, run.opened, run.known, run.rejected) == (RunState.LOADED, 6051, 6000, 50, 1)
    assert Case.objects.count() == 6000
    assert Occurrence.objects.count() == 6050
    ranges = sorted(
        [entry.facts["first"], entry.facts["last"]] for entry in LogEntry.objects.filter(verb="run.chunk_loaded")
    )
    assert ranges[0][0] == 1
    assert all(before[1] + 1 == after[0] for before, after in itertools.pairwise(ranges))
    assert ranges[-1][1] == 6051


def test_two_workers_on_one_file(tmp_path: Path, settings: Any) -> None:
    settings.INTAKE_CHUNK_LINES = 100
    run = making.announce(making.package(tmp_path, "run-1", making.merge_lines(1, 1500))).run
    loader.check(run.pk)
    file, results = run.files.get(), []

    def load() -> None:
        results.append(loader.load(file.pk))
        connection.close()

    threads = [threading.Thread(target=load) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [False, False, True]
    assert Occurrence.objects.count() == Case.objects.count() == 1500


def test_a_worker_whose_lease_ran_out_writes_nothing_more(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.INTAKE_CHUNK_LINES = 10
    run = making.announce(making.package(tmp_path, "run-1", making.merge_lines(1, 50))).run
    loader.check(run.pk)
    file, land, taken = run.files.get(), actions.land, []

    def land_after_another_took_over(**given: Any) -> bool:
        if len(taken) == 2:
            RunFile.objects.filter(pk=file.pk).update(lease_until=None)
            taken.append(leases.lease_file(file.pk))
        else:
            taken.append(None)
        return land(**given)

    monkeypatch.setattr(actions, "land", land_after_another_took_over)
    assert loader.load(file.pk) is False
    file.refresh_from_db()
    assert (file.lines, file.lease_holder) == (20, taken[2].holder)
    assert Occurrence.objects.count() == 20


def test_two_files_of_one_run_that_open_the_same_cases(tmp_path: Path, settings: Any) -> None:
    settings.INTAKE_CHUNK_LINES = 50
    folder = tmp_path / "run-1"
    lines = making.merge_lines(1, 400)
    files = [making.lines_file(folder, lines, "a.ndjson"), making.lines_file(folder, lines[::-1], "b.ndjson")]
    run = making.announce(making.manifest(folder, files)).run
    loader.check(run.pk)

    def load(key: int) -> None:
        loader.load(key)
        connection.close()

    threads = [threading.Thread(target=load, args=(file.pk,)) for file in run.files.all()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    run.refresh_from_db()
    assert (run.state, run.lines, run.opened, run.known) == (RunState.LOADED, 800, 400, 400)
    assert Case.objects.count() == 400
    assert Occurrence.objects.count() == 800


def test_a_line_of_two_gigabytes_costs_no_memory(tmp_path: Path, settings: Any) -> None:
    folder = tmp_path / "run-1"
    folder.mkdir()
    sound = making.encoded(making.merge_lines(1, 2))
    block = b"a" * (16 * 1024 * 1024)
    with gzip.open(folder / "m.ndjson.gz", "wb", compresslevel=1) as file:
        file.write(sound)
        for _ in range(128):
            file.write(block)
        file.write(b"\n" + making.encoded(making.merge_lines(5, 2)))
    said = making.entry(tmp_path / "aside", "m.ndjson.gz", (folder / "m.ndjson.gz").read_bytes(), 5)
    run = making.announce(making.manifest(folder, [said])).run
    process = worker(settings, run, 20_000)
    peak = int(process.communicate(timeout=300)[0])
    run.refresh_from_db()
    assert (run.state, run.opened, run.rejected, run.rejected_by) == (RunState.LOADED, 4, 1, {"too_long": 1})
    assert run.rejected_lines.get().detail == "The line is longer than 1 MiB: it has 2,147,483,648 bytes."
    assert peak < 256, f"the worker took {peak} MB"


def test_a_long_run_stays_small(tmp_path: Path, settings: Any) -> None:
    folder = make_package(tmp_path / "run-1", 60_000, wave="wave-1")
    run = making.announce(folder).run
    process = worker(settings, run, 20_000)
    peak = int(process.communicate(timeout=300)[0])
    run.refresh_from_db()
    assert (run.state, run.opened) == (RunState.LOADED, 60_000)
    assert peak < 256, f"the worker took {peak} MB"


def test_whatever_lies_about_is_taken_up_again(tmp_path: Path, settings: Any) -> None:
    folder = tmp_path / "run-1"
    files = [making.lines_file(folder, making.merge_lines(n, 2), f"{n}.ndjson") for n in (1, 11)]
    run = making.announce(making.manifest(folder, files)).run
    assert queries.runs_to_wake(8) == [run.pk]
    tasks.take_in(run.pk)
    assert queries.runs_to_wake(8) == []
    assert len(queries.files_to_wake(8)) == 2
    for file in run.files.all():
        tasks.load_file(file.pk)
    Run.objects.filter(pk=run.pk).update(state=RunState.LOADING)  # as if the last worker had died before settling
    tasks.resume_runs()
    run.refresh_from_db()
    assert run.state == RunState.LOADED
    assert {file.state for file in run.files.all()} == {FileState.LOADED}
