"""From a package to cases: what is counted, what is remembered, what a repetition does."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from console.audit.models import LogEntry
from tests.factories import merge_line
from tests.intake import making
from triage.cases.models import Case, MigrationException, Occurrence
from triage.intake import actions, loader
from triage.runs.models import FileState, RecordExcerpt, RejectedLine, Run, RunState

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _world(db: None) -> None:
    making.world()


@pytest.mark.parametrize("name", ["merges.ndjson", "merges.ndjson.gz", "merges.ndjson.zst", "deep/er/merges.ndjson"])
def test_every_storage_gives_the_same_cases(tmp_path: Path, name: str) -> None:
    run = making.take_in(making.package(tmp_path, "run-1", making.merge_lines(1, 25), name))
    assert (run.state, run.lines, run.opened, run.rejected) == (RunState.LOADED, 25, 25, 0)
    assert Case.objects.count() == MigrationException.objects.count() == Occurrence.objects.count() == 25
    assert run.files.get().state == FileState.LOADED


def test_ten_times_the_same_package_is_one_run(tmp_path: Path) -> None:
    folder = making.package(tmp_path, "run-1", making.merge_lines(1, 5))
    runs = {making.take_in(folder).pk for _ in range(10)}
    assert len(runs) == 1
    assert Case.objects.count() == Occurrence.objects.count() == 5
    assert LogEntry.objects.filter(verb="run.announced").count() == 1


def test_another_run_with_the_same_lines_opens_nothing(tmp_path: Path) -> None:
    making.take_in(making.package(tmp_path, "run-1", making.merge_lines(1, 5)))
    second = making.take_in(making.package(tmp_path, "run-2", making.merge_lines(1, 7)))
    assert (second.opened, second.known) == (2, 5)
    assert MigrationException.objects.count() == 7
    assert Occurrence.objects.count() == 12


def test_chunks_add_up(tmp_path: Path, settings: object) -> None:
    settings.INTAKE_CHUNK_LINES = 4  # type: ignore[attr-defined]
    lines = [*making.merge_lines(1, 9), b"{", *making.merge_lines(20, 3), b""]
    run = making.take_in(making.package(tmp_path, "run-1", lines, "m.ndjson.gz"))
    assert (run.lines, run.opened, run.rejected, run.rejected_by) == (14, 12, 2, {"json": 1, "empty": 1})
    chunks = list(LogEntry.objects.filter(verb="run.chunk_loaded").order_by("pk"))
    assert [[entry.facts["first"], entry.facts["last"]] for entry in chunks] == [[1, 4], [5, 8], [9, 12], [13, 14]]
    assert [entry.facts["opened"] for entry in chunks] == [4, 4, 3, 1]
    assert len({entry.facts["sha256"] for entry in chunks}) == 4


def test_a_chunk_is_logged_with_the_digest_of_its_exact_bytes(tmp_path: Path) -> None:
    folder = making.package(tmp_path, "run-1", [*making.merge_lines(1, 2), b'{"broken": \xff'])
    making.take_in(folder)
    content = (folder / "merges.ndjson").read_bytes()
    assert LogEntry.objects.get(verb="run.chunk_loaded").facts["sha256"] == hashlib.sha256(content).hexdigest()


def test_the_payload_is_kept_byte_for_byte(tmp_path: Path) -> None:
    line = b'  {"tab":"no"}'
    sound = making.encoded([merge_line(1, 2)]).rstrip(b"\n")
    odd = sound.replace(b'"Grace"', b'"Gr\\u00e9ce \\\\ \\"x\\" \xc3\xa9\xf0\x9f\x8f\xa5"').replace(b", ", b" ,\t")
    making.take_in(making.package(tmp_path, "run-1", [odd, line]))
    assert MigrationException.objects.get().payload.encode() == odd


def test_several_files_and_excerpts(tmp_path: Path) -> None:
    folder = tmp_path / "run-1"
    excerpts = [
        {"system": "LEGACY-PAS", "id": f"rec-{n}", "encounters": n, "allergies": ["Penicillin"]} for n in range(3)
    ]
    files = [
        making.lines_file(folder, making.merge_lines(1, 3), "a.ndjson"),
        making.lines_file(folder, making.merge_lines(3, 3), "b.ndjson.zst"),
        making.lines_file(
            folder, [*excerpts, excerpts[0] | {"encounters": 9}, b'{"system": 1}'], "r.ndjson.gz", "records"
        ),
        making.lines_file(folder, [{"any": "thing"}], "c.ndjson", "consents"),
    ]
    run = making.take_in(making.manifest(folder, files))
    assert run.state == RunState.LOADED
    assert (run.opened, run.known, run.excerpts, run.rejected, run.lines) == (5, 1, 4, 1, 11)
    assert RecordExcerpt.objects.count() == 3
    assert '"encounters": 9' in RecordExcerpt.objects.get(record_id="rec-0").payload
    assert [file.state for file in run.files.order_by("pk")] == ["loaded", "loaded", "loaded", "kept"]


def test_an_older_runs_excerpt_never_replaces_a_newer_one(tmp_path: Path) -> None:
    runs = []
    for number in (1, 2):
        folder = tmp_path / f"run-{number}"
        lines = [{"system": "S", "id": "1", "encounters": number}]
        runs.append(
            making.announce(making.manifest(folder, [making.lines_file(folder, lines, "r.ndjson", "records")])).run
        )
    Run.objects.filter(pk=runs[0].pk).update(state=RunState.QUARANTINED)
    for run in (runs[1], runs[0]):
        Run.objects.filter(pk=run.pk).update(state=RunState.ANNOUNCED)
        loader.check(run.pk)
        loader.load(run.files.get().pk)
        if run == runs[1]:
            Run.objects.filter(pk=runs[0].pk).update(state=RunState.ANNOUNCED)
    assert '"encounters": 2' in RecordExcerpt.objects.get().payload


def test_a_run_without_files_is_loaded_at_once(tmp_path: Path) -> None:
    run = making.take_in(making.manifest(tmp_path / "run-1", []))
    assert run.state == RunState.LOADED


def test_runs_of_one_source_go_one_after_the_other(tmp_path: Path) -> None:
    first = making.announce(making.package(tmp_path, "run-1", making.merge_lines(1, 2))).run
    second = making.announce(making.package(tmp_path, "run-2", making.merge_lines(1, 2))).run
    assert loader.check(second.pk) is None
    loader.check(first.pk)
    assert loader.check(second.pk) is None
    loader.load(first.files.get().pk)
    assert loader.check(second.pk) is not None


def test_without_a_queue_the_run_fails_with_a_sentence_and_a_retry_goes_on(tmp_path: Path, omar: object) -> None:
    making.make_queue().delete()
    run = making.take_in(making.package(tmp_path, "run-1", making.merge_lines(1, 2)))
    assert run.state == RunState.FAILED
    assert "No active queue accepts" in run.problem
    assert not Case.objects.exists()
    making.make_queue()
    actions.retry(run=run, by=omar)  # type: ignore[arg-type]
    loader.check(run.pk)
    loader.load(run.files.get().pk)
    run.refresh_from_db()
    assert (run.state, run.opened, run.problem) == (RunState.LOADED, 2, "")


def test_a_file_is_given_up_after_five_attempts(tmp_path: Path) -> None:
    run = making.announce(making.package(tmp_path, "run-1", making.merge_lines(1, 2))).run
    loader.check(run.pk)
    file = run.files.get()
    for _ in range(5):
        lease = actions.lease_file(file.pk)
        assert lease is not None
        assert not lease.spent
        actions.release_file(lease)
    assert loader.load(file.pk) is False
    run.refresh_from_db()
    assert run.state == RunState.FAILED
    assert "loading stopped at line 0" in run.problem


def test_a_leased_file_is_left_alone(tmp_path: Path) -> None:
    run = making.announce(making.package(tmp_path, "run-1", making.merge_lines(1, 2))).run
    loader.check(run.pk)
    file = run.files.get()
    assert actions.lease_file(file.pk) is not None
    assert actions.lease_file(file.pk) is None
    assert loader.load(file.pk) is False
    assert not Case.objects.exists()
    assert not RejectedLine.objects.exists()
