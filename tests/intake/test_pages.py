"""The pages of runs and sources: what they say, who may see them, what they cost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from console.people.models import User
from tests.intake import making
from triage.cases.models import Case
from triage.intake import actions, loader
from triage.runs.models import Run, RunState, Source

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _world(db: None) -> None:
    making.world()


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text(response: Any) -> str:
    assert response.status_code in {200, 286}, response.status_code
    return " ".join(response.content.decode().split())


def test_a_run_that_is_loaded(tmp_path: Path, omar: User) -> None:
    stages = [{"stage": "extract", "domain": "identity", "in": 1234, "out": 1234, "rejected": 0, "hash_total": "ab12"}]
    run = making.take_in(making.package(tmp_path, "run-1", [*making.merge_lines(1, 4), b"", b"{"], stages=stages))
    page = text(signed_in(omar).get(f"/runs/{run.pk}/"))
    for said in (
        "run-1",
        "legacy-to-fhir",
        run.manifest_digest,
        "1,234",
        "ab12",
        "Match",
        "4 control totals checked: all match",
    ):
        assert said in page, said
    assert "The line is empty." in page
    assert "hx-get" not in page.split('id="live"')[1].split(">")[0]
    assert "Okello" not in page


def test_a_run_that_is_quarantined_shows_the_sums_side_by_side(tmp_path: Path, omar: User, bo: User) -> None:
    folder = tmp_path / "run-1"
    file = making.lines_file(folder, making.merge_lines(1, 3))
    run = making.take_in(making.manifest(folder, [file | {"rows": 43}]))
    page = text(signed_in(omar).get(f"/runs/{run.pk}/"))
    assert "Control totals that do not match" in page
    assert "merges.ndjson: the manifest declares 43 rows, the file has 3." in page
    assert "Retry" in page
    assert "Retry" not in text(signed_in(bo).get(f"/runs/{run.pk}/"))


def test_progress_polls_until_the_run_is_settled(tmp_path: Path, omar: User, settings: Any) -> None:
    settings.INTAKE_CHUNK_LINES = 2
    run = making.announce(making.package(tmp_path, "run-1", making.merge_lines(1, 4))).run
    client, address = signed_in(omar), f"/runs/{run.pk}/progress/"
    waiting = client.get(address)
    assert (waiting.status_code, "every 2s" in text(waiting), "Waiting for a worker" in text(waiting)) == (
        200,
        True,
        True,
    )
    loader.check(run.pk)
    assert "0 of 4 lines" in text(client.get(address))
    loader.load(run.files.get().pk)
    done = client.get(address)
    assert (done.status_code, done["HX-Refresh"], "every 2s" in text(done)) == (286, "true", False)


def test_recall_says_first_what_it_will_do(tmp_path: Path, omar: User, lena: User) -> None:
    run = making.take_in(making.package(tmp_path, "run-1", making.merge_lines(1, 4)))
    client, address = signed_in(omar), f"/runs/{run.pk}/recall/"
    assert "Will be withdrawn" in text(client.get(address))
    assert client.post(address, {"reason": ""}).status_code == 422
    assert signed_in(lena).post(address, {"reason": "x"}).status_code == 403
    assert not Case.objects.filter(state="withdrawn").exists()
    assert client.post(address, {"reason": "Wrong mapping."}).status_code == 302
    assert Case.objects.filter(state="withdrawn").count() == 4
    assert "Wrong mapping." in text(client.get(f"/runs/{run.pk}/"))
    assert client.get(address).status_code == 409


def test_retry_by_page(tmp_path: Path, omar: User) -> None:
    folder = tmp_path / "run-1"
    run = making.take_in(making.manifest(folder, [making.lines_file(folder, []) | {"rows": 1}]))
    assert signed_in(omar).post(f"/runs/{run.pk}/retry/").status_code == 302
    run.refresh_from_db()
    assert run.state == RunState.ANNOUNCED
    assert signed_in(omar).post(f"/runs/{run.pk}/retry/").status_code == 409


def test_rejected_lines_by_reason_and_page(tmp_path: Path, omar: User) -> None:
    run = making.take_in(making.package(tmp_path, "run-1", [b"{", b""] * 60))
    client = signed_in(omar)
    page = client.get(f"/runs/{run.pk}/rejected/", {"reason": "empty"})
    assert text(page).count("The line is empty.") == 50
    following = client.get(f"/runs/{run.pk}/rejected/", {"reason": "empty", "after": page.context["page"].next})
    assert text(following).count("The line is empty.") == 10
    assert "The line is not JSON" in text(client.get(f"/runs/{run.pk}/rejected/"))


def test_sources_are_made_and_changed(omar: User, bo: User) -> None:
    client = signed_in(omar)
    made = {"name": "clinic-epr", "title": "Clinic EPR", "kind": "directory", "path": "clinic"}
    assert client.post("/sources/make/", made | {"path": "../x"}).status_code == 422
    assert client.post("/sources/make/", made | {"public_key": "zz"}).status_code == 422
    assert client.post("/sources/make/", made).status_code == 302
    assert client.post("/sources/make/", made).status_code == 422
    changed = {"title": "Clinic", "kind": "push", "public_key": ""}
    assert client.post("/sources/clinic-epr/", changed).status_code == 302
    source = Source.objects.get(name="clinic-epr")
    assert (source.title, source.kind, source.path, source.active) == ("Clinic", "push", "", False)
    assert "Inactive" in text(client.get("/sources/"))
    assert signed_in(bo).get("/sources/make/").status_code == 403
    assert signed_in(bo).get("/sources/").status_code == 200
    assert client.get("/sources/nothing/").status_code == 404


def test_who_may_see_runs(tmp_path: Path, eve: User, ana: User, ada: User, cora: User) -> None:
    run = making.announce(making.package(tmp_path, "run-1", [])).run
    for user in (eve, ana, ada):
        for address, status in (
            ("/runs/", 403),
            (f"/runs/{run.pk}/", 404),
            (f"/runs/{run.pk}/rejected/", 404),
            ("/sources/", 403),
        ):
            assert signed_in(user).get(address).status_code == status, (user, address)
    assert signed_in(cora).get(f"/runs/{run.pk}/").status_code == 200
    assert Client().get("/runs/").status_code == 302


def test_empty_pages_say_what_to_do(omar: User) -> None:
    client = signed_in(omar)
    assert "No run yet" in text(client.get("/runs/"))
    assert "No runs match this filter" in text(client.get("/runs/", {"state": "failed"}))
    assert "No run of this wave yet" in text(client.get("/fragments/intake/waves/wave-1/"))
    assert "No run yet" in text(client.get("/fragments/intake/home/"))
    Source.objects.all().delete()
    assert "No source yet" in text(client.get("/sources/"))


def test_pages_cost_the_same_however_much_there_is(tmp_path: Path, omar: User) -> None:
    client = signed_in(omar)
    addresses = ["/runs/", "/sources/", "/fragments/intake/home/", "/fragments/intake/waves/wave-1/"]

    def costs(run: Run) -> list[int]:
        counts = []
        for address in [*addresses, f"/runs/{run.pk}/", f"/runs/{run.pk}/rejected/", f"/runs/{run.pk}/progress/"]:
            client.get(address)
            with CaptureQueriesContext(
                connection,
            ) as asked:
                text(client.get(address))
            counts.append(len(asked))
        return counts

    few = costs(making.take_in(making.package(tmp_path, "run-1", [b"{", *making.merge_lines(1, 1)])))
    for number in range(2, 6):
        folder = tmp_path / f"run-{number}"
        files = [making.lines_file(folder, [b"{", b""] * 40, f"f{n}.ndjson") for n in range(4)]
        actions.make_source(name=f"s{number}", title="S", kind="push", by=omar)
        run = making.take_in(making.manifest(folder, files))
    many = costs(run)
    assert many == few
    assert max(many) <= 12
