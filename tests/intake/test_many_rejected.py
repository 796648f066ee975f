"""A file of nothing but bad lines: all are counted, a bounded number is kept, and the run says so."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from django.test import Client

from console.people.models import User
from tests.factories import merge_line
from tests.intake import making
from triage.intake.parsing import KEPT
from triage.runs.models import RejectedLine, RunState

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _world(db: None) -> None:
    making.world()


def test_a_small_file_of_empty_lines_is_counted_and_not_kept(
    tmp_path: Path, omar: User, client: Client, settings: object
) -> None:
    settings.INTAKE_CHUNK_LINES = 5_000  # type: ignore[attr-defined]
    many = 200_000
    folder = tmp_path / "run-1"
    folder.mkdir()
    data = gzip.compress(b"\n" * many, mtime=0)
    assert len(data) < 1_000
    run = making.take_in(making.manifest(folder, [making.entry(folder, "merges.ndjson.gz", data, many)]))
    assert (run.state, run.rejected, run.rejected_by) == (RunState.LOADED, many, {"empty": many})
    assert RejectedLine.objects.filter(run=run).count() == KEPT
    assert list(RejectedLine.objects.order_by("pk").values_list("line_no", flat=True)) == list(range(1, KEPT + 1))
    client.force_login(omar)
    facts = client.get(f"/api/v1/runs/{run.pk}/").json()
    assert (facts["rejected"], facts["files"][0]["rejected_kept"]) == (many, KEPT)
    for path in (f"/runs/{run.pk}/", f"/runs/{run.pk}/rejected/", f"/runs/{run.pk}/rejected/?reason=json"):
        assert "199,000 further lines" in client.get(path).content.decode(), path


def test_each_file_has_room_of_its_own(tmp_path: Path) -> None:
    folder = tmp_path / "run-1"
    files = [
        making.lines_file(folder, [b"{"] * (KEPT + 5) + [merge_line()], "a.ndjson"),
        making.lines_file(folder, [b"{"] * 7, "b.ndjson"),
    ]
    run = making.take_in(making.manifest(folder, files))
    assert (run.rejected, run.opened) == (KEPT + 12, 1)
    assert sorted(run.files.values_list("rejected", "rejected_kept")) == [(7, 7), (KEPT + 5, KEPT)]


def test_lines_that_a_run_repeats_are_counted(tmp_path: Path, omar: User, client: Client) -> None:
    folder = tmp_path / "run-1"
    other = merge_line(3, 4)
    swapped = merge_line(1, 2, id="again")
    swapped["records"].reverse()
    files = [
        making.lines_file(folder, [merge_line(1, 2), merge_line(1, 2), swapped, other], "a.ndjson"),
        making.lines_file(folder, [merge_line(3, 4, id="later"), merge_line(5, 6)], "b.ndjson"),
    ]
    run = making.take_in(making.manifest(folder, files))
    assert (run.opened, run.repeated) == (3, 3)
    second = making.take_in(
        making.package(tmp_path, "run-2", [merge_line(1, 2), merge_line(3, 4), merge_line(3, 4, severity="high")])
    )
    assert (second.opened, second.repeated) == (0, 1)
    client.force_login(omar)
    assert client.get(f"/api/v1/runs/{run.pk}/").json()["repeated"] == 3
    assert "Repeated" in client.get(f"/runs/{run.pk}/").content.decode()
    third = making.take_in(making.package(tmp_path, "run-3", [merge_line(7, 8)]))
    assert third.repeated == 0
