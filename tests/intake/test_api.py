"""Runs by API: pushed whole or in parts, read back, refused with the right status."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from console.people import secret
from console.people.models import ServiceToken, User
from tests.intake import making
from triage.cases.models import Case
from triage.intake import loader
from triage.runs.models import Run

pytestmark = pytest.mark.django_db
SCOPES = ["runs.push_run", "runs.view_runs"]


@pytest.fixture(autouse=True)
def _world(db: None) -> None:
    making.world()


def client_of(user: User, scopes: list[str]) -> Client:
    text = f"{secret.PREFIX}{user.username}-{'-'.join(scopes)}-0123456789"
    ServiceToken.objects.create(
        user=user, name=str(scopes), digest=secret.digest(text), hint=text[:8], scopes=scopes,
        expires_at=timezone.now() + dt.timedelta(days=1),
    )  # fmt: skip
    return Client(headers={"authorization": f"Bearer {text}"})


@pytest.fixture
def pipeline(pipe: User) -> Client:
    return client_of(pipe, SCOPES)


def zipped(folder: Path, name: str = "package.zip") -> SimpleUploadedFile:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for file in folder.rglob("*"):
            if file.is_file():
                archive.write(file, file.relative_to(folder).as_posix())
    return SimpleUploadedFile(name, data.getvalue())


def push(client: Client, folder: Path, **more: Any) -> Any:
    return client.post("/api/v1/runs/", {"package": zipped(folder), **more})


def parts(folder: Path) -> dict[str, Any]:
    names = [path for path in folder.rglob("*") if path.is_file() and path.name != "manifest.json"]
    return {
        "manifest": SimpleUploadedFile("manifest.json", (folder / "manifest.json").read_bytes()),
        "files": [SimpleUploadedFile(path.name, path.read_bytes()) for path in names],
    }


def test_a_pushed_archive_is_a_run(pipeline: Client, tmp_path: Path) -> None:
    folder = making.package(tmp_path, "run-1", [*making.merge_lines(1, 3), b"{"])
    first = push(pipeline, folder)
    assert first.status_code == 201
    assert first["Location"] == f"/api/v1/runs/{first.json()['id']}/"
    again = push(pipeline, folder)
    assert (again.status_code, again.json()["id"]) == (200, first.json()["id"])
    run = Run.objects.get()
    loader.check(run.pk)
    loader.load(run.files.get().pk)
    said = pipeline.get(first["Location"]).json()
    assert (said["state"], said["opened"], said["rejected"], said["rejected_by"]) == ("loaded", 3, 1, {"json": 1})
    assert said["files"][0]["lines"] == 4
    assert all(item["fits"] for item in said["sums"])
    lines = pipeline.get(f"{first['Location']}rejected/").json()
    assert [(line["file"], line["line_no"], line["reason"]) for line in lines["items"]] == [
        ("merges.ndjson", 4, "json")
    ]


def test_manifest_and_files_sent_apart(pipeline: Client, tmp_path: Path) -> None:
    folder = making.package(tmp_path, "run-1", making.merge_lines(1, 3), "deep/merges.ndjson.gz")
    sent = parts(folder)
    sent["files"].append(SimpleUploadedFile("extra.txt", b"x"))
    response = pipeline.post("/api/v1/runs/", sent)
    assert response.status_code == 201, response.content
    assert response.json()["notes"] == ["extra.txt is not listed in the manifest and was left out."]
    assert making.take_in(folder).opened == 3


@pytest.mark.parametrize(
    ("change", "status", "said"),
    [
        ({"format": "migration-run/7"}, 422, "has format “migration-run/7”"),
        ({"source": "unknown"}, 422, "Source “unknown” does not exist"),
        ({"wave": "unknown"}, 422, "Wave “unknown” does not exist"),
    ],
)
def test_refused_manifests(pipeline: Client, tmp_path: Path, change: Any, status: int, said: str) -> None:
    response = push(pipeline, making.package(tmp_path, "run-1", making.merge_lines(1, 1), **change))
    assert response.status_code == status
    assert said in response.json()["detail"]
    assert not Run.objects.exists()


def test_the_same_run_id_with_other_content_is_a_conflict(pipeline: Client, tmp_path: Path) -> None:
    push(pipeline, making.package(tmp_path / "a", "run-1", making.merge_lines(1, 1)))
    response = push(pipeline, making.package(tmp_path / "b", "run-1", making.merge_lines(2, 1)))
    assert response.status_code == 409
    assert response.json()["error"] == "stale"
    assert Run.objects.get().manifest_digest in response.json()["detail"]


def test_requests_that_are_no_package(pipeline: Client, tmp_path: Path) -> None:
    folder = making.package(tmp_path, "run-1", making.merge_lines(1, 1))
    whole = parts(folder)
    for sent, said in (
        ({}, "Send either one archive"),
        ({"package": zipped(folder), **whole}, "Send either one archive"),
        ({"package": SimpleUploadedFile("p.zip", b"no archive")}, "neither a zip nor a tar"),
        ({"manifest": whole["manifest"]}, "lists merges.ndjson, but the file is not there"),
        ({"manifest": SimpleUploadedFile("manifest.json", b"{"), "files": []}, "not JSON"),
    ):
        for upload in [*whole["files"], whole["manifest"]]:
            upload.seek(0)
        response = pipeline.post("/api/v1/runs/", sent)
        assert response.status_code == 422, response.content
        assert said in response.json()["detail"]
    assert not Run.objects.exists()
    assert pipeline.post("/api/v1/runs/", json.dumps({}), content_type="application/json").status_code == 415


def test_too_large_a_request_is_refused_unread(pipeline: Client, tmp_path: Path, settings: Any) -> None:
    settings.INTAKE_UPLOAD_BYTES = 1000
    folder = making.package(tmp_path, "run-1", making.merge_lines(1, 5))
    response = push(pipeline, folder)
    assert response.status_code == 413
    assert "exceeds the limit of 1,000 bytes" in response.json()["detail"]
    response = pipeline.post("/api/v1/runs/", {"package": SimpleUploadedFile("x.zip", b"0" * 2_000_000)})
    assert response.status_code == 413
    assert "at most 1,000 bytes" in response.json()["detail"]
    assert not Run.objects.exists()


def test_tokens_and_roles(pipe: User, ana: User, tmp_path: Path) -> None:
    folder = making.package(tmp_path, "run-1", making.merge_lines(1, 1))
    response = push(client_of(pipe, ["runs.view_runs"]), folder)
    assert response.status_code == 403
    assert "lacks the scope runs.push_run" in response.json()["detail"]
    assert push(Client(), folder).status_code == 401
    reviewer = Client()
    reviewer.force_login(ana)
    assert push(reviewer, folder).status_code == 403
    assert reviewer.get("/api/v1/runs/").status_code == 403
    assert not Run.objects.exists()
    assert not Case.objects.exists()


def test_runs_are_listed_by_key(pipeline: Client, tmp_path: Path) -> None:
    for number in range(5):
        making.announce(making.package(tmp_path, f"run-{number}", [], wave=f"wave-{number % 2 + 1}"))
    first = pipeline.get("/api/v1/runs/", {"limit": 3}).json()
    assert [item["run_id"] for item in first["items"]] == ["run-4", "run-3", "run-2"]
    rest = pipeline.get("/api/v1/runs/", {"limit": 3, "after": first["next"]}).json()
    assert ([item["run_id"] for item in rest["items"]], rest["next"]) == (["run-1", "run-0"], "")
    only = pipeline.get("/api/v1/runs/", {"wave": "wave-2"}).json()
    assert [item["run_id"] for item in only["items"]] == ["run-3", "run-1"]
    assert pipeline.get("/api/v1/runs/999999/").status_code == 404
    assert pipeline.get("/api/v1/runs/", {"after": "x" * 500, "limit": "-1"}).status_code == 400
