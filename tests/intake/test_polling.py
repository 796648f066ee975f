"""Directory sources: whole packages are taken in, in order, once; what is held up says why."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from console.audit.models import LogEntry
from tests.intake import making
from triage.intake import polling
from triage.runs.models import Run, Source, SourceKind

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def source(db: None, settings: Any) -> Source:
    found = making.world()
    Source.objects.filter(pk=found.pk).update(kind=SourceKind.DIRECTORY, path="pas/out")
    (settings.INBOX_ROOT / "pas" / "out").mkdir(parents=True)
    return found


@pytest.fixture
def inbox(settings: Any) -> Path:
    return Path(settings.INBOX_ROOT) / "pas" / "out"


def problem(source: Source) -> str:
    source.refresh_from_db()
    return source.problem


def test_packages_are_taken_in_the_order_of_the_pipeline_and_once(inbox: Path, source: Source) -> None:
    making.package(
        inbox, "a-late", making.merge_lines(1, 1), finished_at="2026-09-20T09:00:00Z", started_at="2026-09-20T08:00:00Z"
    )
    making.package(inbox, "b-early", making.merge_lines(3, 1))
    assert polling.poll() == 2
    assert [run.run_id for run in Run.objects.order_by("pk")] == ["b-early", "a-late"]
    assert Run.objects.first().origin == "inbox: pas/out/a-late"  # type: ignore[union-attr]
    shutil.rmtree(making.store.root() / ".incoming", ignore_errors=True)
    assert polling.poll() == 0
    assert problem(source) == ""
    assert not (making.store.root() / ".incoming").exists()


def test_a_package_still_being_written_waits(inbox: Path, source: Source) -> None:
    folder = making.package(inbox, "run-1", making.merge_lines(1, 3))
    whole = (folder / "merges.ndjson").read_bytes()
    (folder / "merges.ndjson").write_bytes(whole[:10])
    assert polling.poll() == 0
    assert problem(source) == f"run-1: waiting for merges.ndjson, 10 of {len(whole):,} bytes are there."
    polling.poll()
    assert LogEntry.objects.filter(verb="source.polled").count() == 1
    (folder / "merges.ndjson").write_bytes(whole)
    assert polling.poll() == 1
    assert problem(source) == ""


def test_problems_of_one_package_do_not_stop_the_others(inbox: Path, source: Source) -> None:
    making.package(inbox, "a", making.merge_lines(1, 1), format="migration-run/9")
    making.package(inbox, "b", making.merge_lines(1, 1), source="elsewhere")
    making.package(inbox, "c", making.merge_lines(1, 1), wave="no-wave")
    making.package(inbox, "d", making.merge_lines(1, 1))
    (inbox / "e").mkdir()
    assert polling.poll() == 1
    said = problem(source)
    assert "a: manifest.json has format “migration-run/9”" in said
    assert "b: its manifest names the source “elsewhere”, not “legacy-pas”." in said
    assert "c: Wave “no-wave” does not exist" in said


def test_a_changed_package_is_a_conflict_said_on_the_source(inbox: Path, source: Source) -> None:
    folder = making.package(inbox, "run-1", making.merge_lines(1, 1))
    polling.poll()
    shutil.rmtree(folder)
    making.package(inbox, "run-1", making.merge_lines(2, 1))
    assert polling.poll() == 0
    assert "was already received with a different manifest" in problem(source)


@pytest.mark.parametrize(("path", "said"), [("gone", "has no folder “gone”"), ("out", "leads out of the inbox")])
def test_folders_that_are_not_there_or_lead_away(
    source: Source, settings: Any, tmp_path: Path, path: str, said: str
) -> None:
    (tmp_path / "elsewhere").mkdir()
    (Path(settings.INBOX_ROOT) / "out").symlink_to(tmp_path / "elsewhere")
    Source.objects.filter(pk=source.pk).update(path=path)
    assert polling.poll() == 0
    assert said in problem(source)


def test_switched_off_sources_rest(inbox: Path, source: Source) -> None:
    making.package(inbox, "run-1", making.merge_lines(1, 1))
    Source.objects.filter(pk=source.pk).update(active=False)
    assert polling.poll() == 0
