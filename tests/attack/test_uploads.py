"""Uploads that mean harm, or look whole and are not."""

from __future__ import annotations

import errno
import io
import json
import os
import zipfile
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.test import Client

from console.people.models import User
from tests.intake import making
from tests.intake.test_api import client_of
from triage.intake import packages
from triage.runs.models import Run, RunState

pytestmark = pytest.mark.django_db


def zip_of(**entries: str) -> SimpleUploadedFile:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in entries.items():
            archive.writestr(name, text)
    return SimpleUploadedFile("package.zip", data.getvalue())


def test_a_manifest_that_is_too_long_is_refused_and_not_cut(db: None, pipe: User, tmp_path: Path) -> None:
    making.world()
    text = (making.manifest(tmp_path / "long", []) / "manifest.json").read_text()
    sent = {"package": zip_of(**{"manifest.json": text + " " * packages.MANIFEST_BYTES})}
    answer = client_of(pipe, ["runs.push_run"]).post("/api/v1/runs/", sent)
    assert (answer.status_code, "longer than" in answer.json()["detail"]) == (422, True)
    assert not Run.objects.exists()


def test_a_visitor_cannot_fill_the_disk(db: None) -> None:
    """With the cookie that every visitor gets, the form's token is looked for in the body: it would all be stored."""
    client = Client(enforce_csrf_checks=True)
    client.get("/accounts/login/")
    big = SimpleUploadedFile("a", b"a" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1))
    before = set(os.listdir(settings.FILE_UPLOAD_TEMP_DIR))
    answer = client.post("/accounts/login/", {"file": big})
    assert (answer.status_code, b"larger than" in answer.content) == (413, True)
    assert set(os.listdir(settings.FILE_UPLOAD_TEMP_DIR)) == before


def test_the_api_takes_long_bodies_only_where_packages_come_in(db: None, pipe: User) -> None:
    client = client_of(pipe, ["cases.acknowledge_feed"])
    body = json.dumps({"through": "9" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE})
    answer = client.post("/api/v1/decisions/acks/", body, content_type="application/json")
    assert (answer.status_code, answer.json()["error"]) == (413, "too_large")


def test_a_push_that_does_not_say_its_length_is_told_so(db: None, pipe: User) -> None:
    client = client_of(pipe, ["runs.push_run"])
    answer = client.generic(
        "POST", "/api/v1/runs/", b"", content_type="multipart/form-data; boundary=x", HTTP_TRANSFER_ENCODING="chunked"
    )
    assert (answer.status_code, answer.json()["error"]) == (411, "length_required")


def test_a_run_cannot_have_applied_what_was_never_released(db: None, tmp_path: Path) -> None:
    """It would prove by its silence every decision that is still to come."""
    making.world()
    run = making.take_in(making.package(tmp_path, "run-1", making.merge_lines(1, 1), decisions_applied=7))
    assert run.state == RunState.QUARANTINED
    assert run.problem == "manifest.json: decisions_applied is 7, but the last feed position is 0."


def test_a_full_disk_is_said_and_half_an_upload_does_not_keep_it_full(
    db: None, pipe: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    making.world()
    client = client_of(pipe, ["runs.push_run"])
    monkeypatch.setattr(settings, "FILE_UPLOAD_TEMP_DIR", str(tmp_path))
    monkeypatch.setattr(settings, "FILE_UPLOAD_MAX_MEMORY_SIZE", 0)

    pieces: list[int] = []

    def write(file: TemporaryUploadedFile, data: bytes) -> int:
        pieces.append(len(data))
        if len(pieces) > 1:
            raise OSError(errno.ENOSPC, "No space left on device")
        return int(file.file.write(data))

    monkeypatch.setattr(TemporaryUploadedFile, "write", write, raising=False)
    answer = client.post("/api/v1/runs/", {"package": SimpleUploadedFile("p.zip", b"a" * 300_000)})
    assert (answer.status_code, "disk is full" in answer.json()["detail"]) == (503, True)
    assert list(tmp_path.iterdir()) == []
    assert not Run.objects.exists()
