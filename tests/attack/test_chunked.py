"""Bodies without a Content-Length, sent to the web server that the console runs on: refused for what they are."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator

import pytest
from django.test import Client

from console.engines.options import REPOSITORY


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A web server of its own; nothing that these requests reach needs a database."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        found = int(free.getsockname()[1])
    words = [sys.executable, "-m", "granian", "console.wsgi:application", "--interface", "wsgi", "--no-ws"]
    words += ["--host", "127.0.0.1", "--port", str(found), "--log-level", "error", "--blocking-threads", "2"]
    server = subprocess.Popen(words, cwd=REPOSITORY, env=os.environ | {"DJANGO_SETTINGS_MODULE": "console.settings"})
    try:
        for _ in range(600):
            try:
                socket.create_connection(("127.0.0.1", found), timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield found
    finally:
        server.terminate()
        server.wait(20)


def _post(port: int, path: str, body: Iterable[bytes], kind: str, *, length: int | None = None) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Content-Type": kind, "Host": "localhost"} | ({"Content-Length": str(length)} if length else {})
    try:
        connection.request("POST", path, body=body, headers=headers, encode_chunked=length is None)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/api/v1/runs/", "multipart/form-data; boundary=x"),
        ("/api/v1/decisions/acks/", "application/json"),
        ("/api/v1/measures/", "application/json"),
        ("/api/v1/cases/EX-1/decisions/", "application/json"),
    ],
)
def test_a_body_in_chunks_is_refused_for_its_missing_length(port: int, path: str, kind: str) -> None:
    body = json.dumps({"through": 1}).encode()
    status, answer = _post(port, path, iter([body[:5], body[5:]]), kind)
    assert status == 411, answer
    assert json.loads(answer)["error"] == "length_required"
    assert "Content-Length" in json.loads(answer)["detail"]


def test_a_form_in_chunks_is_refused_in_words(db: None, client: Client) -> None:
    answer = client.generic("POST", "/accounts/login/", b"", headers={"transfer-encoding": "chunked"})
    assert (answer.status_code, b"Content-Length" in answer.content) == (411, True)


def test_a_body_with_its_length_is_read(port: int) -> None:
    body = json.dumps({"through": 1}).encode()
    status, answer = _post(port, "/api/v1/decisions/acks/", iter([body]), "application/json", length=len(body))
    assert status not in {411, 413}, answer
