"""The programs of ``docs/how-to/pipeline.md``, run as they stand against a live console.

Two sources in one wave, three rounds: each sends a run, people decide, each reads and acknowledges its own, and its
next run verifies what it no longer reports and reopens what it still does. Only what the document says is used.
"""

from __future__ import annotations

import copy
import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.management import call_command
from django.db import connections
from django.test import override_settings
from django.test.testcases import LiveServerThread, _StaticFilesHandler

from console.people import actions as people
from console.people.queries import system
from tests import factories
from triage.cases import tasks
from triage.cases.models import Case
from triage.intake import loader, queries
from triage.queues.models import Queue

pytestmark = [pytest.mark.committed, pytest.mark.usefixtures("committed_db")]

DOCUMENT = (Path(__file__).resolve().parents[2] / "docs/how-to/pipeline.md").read_text(encoding="utf-8")
WAVE = "wave-1"
EXAMINED = {"systems": ["LEGACY-PAS", "CLINIC-EPR", "LAB"], "complete": True}
TIMES = {"started_at": "2026-09-01T08:00:00Z", "finished_at": "2026-09-01T09:00:00Z"}


def _program(name: str) -> Any:
    """The class of that name, of the program in the document that defines it."""
    [source] = [code for code in re.findall(r"```python\n(.*?)```", DOCUMENT, re.S) if f"class {name}:" in code]
    found: dict[str, Any] = {}
    exec(compile(source, "pipeline.md", "exec"), found)
    return found[name]


Pipeline, Person = _program("Pipeline"), _program("Person")
LINE: dict[str, Any] = json.loads(next(t for t in re.findall(r"```json\n(.*?)```", DOCUMENT, re.S) if '"match"' in t))


def line(number: int, system: str, given: str = "Gracee") -> dict[str, Any]:
    """The document's line, about records of its own."""
    made = copy.deepcopy(LINE)
    made |= {"id": f"{system}-{number}", "cluster": f"c-{number}"}
    made["records"][0] |= {"system": system, "id": f"P{number}"}
    made["records"][1] |= {"id": f"E-{system}-{number}"}
    made["records"][1]["fields"]["given"] = given
    return made


@pytest.fixture
def address() -> Iterator[str]:
    """A console that listens, with one queue whose decisions are released at once, a wave and two sources."""
    factories.make_wave(WAVE)
    factories.make_source("pas")
    factories.make_source("lab")
    Queue.objects.create(slug="matches", name="Matches", kind="merge", undo_seconds=0)
    server = LiveServerThread("127.0.0.1", _StaticFilesHandler, connections_override={})
    with override_settings(ALLOWED_HOSTS=["127.0.0.1"], RATELIMIT_ENABLE=False):
        server.start()
        server.is_ready.wait(30)
        yield f"http://127.0.0.1:{server.port}"
        server.terminate()


@pytest.fixture
def workers(address: str) -> Iterator[None]:
    """What Celery's workers and beat do: load what was sent, release what was decided."""
    stop = threading.Event()

    def work() -> None:
        while not stop.wait(0.2):
            for run_id in queries.runs_to_wake(8):
                loader.check(run_id)
            for file_id in queries.files_to_wake(8):
                loader.load(file_id)
            loader.go_on(queries.runs_to_populate(8), queries.runs_to_settle(8))
            tasks.release_decisions()
        connections.close_all()

    thread = threading.Thread(target=work)
    thread.start()
    yield
    stop.set()
    thread.join(30)


@pytest.fixture
def token(capsys: pytest.CaptureFixture[str], address: str) -> Any:
    """Create a pipeline's account by the document's command; its token."""

    def make(source: str) -> str:
        capsys.readouterr()
        call_command("service_account", f"{source}-pipeline", "--role", "pipeline", "--source", source)
        return capsys.readouterr().out.strip()

    return make


@pytest.fixture
def person(address: str) -> Any:
    """A reviewer with an authenticator app, signed in by the document's program."""
    rose = factories.make_user("rose")
    people.grant_role(user=rose, role="reviewer", by=system())
    secret = generate_totp_secret()
    TOTP.activate(rose, secret)
    return Person(address, "rose", factories.PASSWORD, secret)


def ref(name: str) -> str:
    return Case.objects.filter(exceptions__payload__contains=f'"id": "{name}"').distinct().get().ref


def state(name: str) -> str:
    return Case.objects.get(pk=int(ref(name)[3:])).state


def _until_read(pipeline: Any, count: int) -> dict[str, Any]:
    """Read until so many items are applied: a decision is released some time after it was made."""
    for _ in range(100):
        said = pipeline.read()
        if len(pipeline.applied) >= count:
            return said or {}
        threading.Event().wait(0.2)
    raise AssertionError(f"{pipeline.source} was given {len(pipeline.applied)} of {count} decisions")


def test_two_sources_of_one_wave_run_three_rounds(address: str, workers: None, token: Any, person: Any) -> None:
    pas = Pipeline(address, token("pas"), "pas", WAVE)
    lab = Pipeline(address, token("lab"), "lab", WAVE)

    # Round 1: both report, a person decides, each reads and acknowledges its own.
    first = pas.send(pas.package("pas-1", [line(n, "LEGACY-PAS") for n in (1, 2, 3)], **TIMES))
    assert (first["state"], first["opened"]) == ("loaded", 3)
    assert lab.send(lab.package("lab-1", [line(n, "LAB") for n in (1, 2)], **TIMES))["opened"] == 2
    _, listed = person.api("GET", "cases/?source=lab&run=lab-1")
    assert sorted(item["ref"] for item in listed["items"]) == sorted([ref("LAB-1"), ref("LAB-2")])
    person.decide(ref("LEGACY-PAS-1"), "LINK", "demographics_agree")
    person.decide(ref("LAB-1"), "NO_MATCH", "namesakes")
    person.decide(ref("LEGACY-PAS-2"), "NO_MATCH", "namesakes")
    said = _until_read(pas, 2)
    assert [item["line"] for item in pas.applied.values()] == ["LEGACY-PAS-1", "LEGACY-PAS-2"]
    assert [item["outcome"]["cluster"] for item in pas.applied.values()] == ["c-1", "c-2"]
    assert {(item["source"], item["run"]) for item in pas.applied.values()} == {("pas", "pas-1")}
    assert (said["source"], said["through"]) == ("pas", pas.position)
    assert (state("LEGACY-PAS-1"), state("LEGACY-PAS-2"), state("LAB-1")) == (
        "acknowledged",
        "acknowledged",
        "released",
    )
    _until_read(lab, 1)
    assert [item["line"] for item in lab.applied.values()] == ["LAB-1"]
    assert state("LAB-1") == "acknowledged"

    # Round 2: pas proves its own; lab does not say what it examined, so it proves nothing.
    second = pas.send(pas.package("pas-2", [line(3, "LEGACY-PAS")], **TIMES, examined=EXAMINED))
    assert (second["state"], second["known"], second["verified"]) == ("loaded", 1, 2)
    assert (state("LEGACY-PAS-1"), state("LEGACY-PAS-2"), state("LAB-1")) == ("verified", "verified", "acknowledged")
    assert lab.send(lab.package("lab-2", [line(2, "LAB")], **TIMES))["verified"] == 0
    assert state("LAB-1") == "acknowledged"
    person.decide(ref("LAB-2"), "LINK", "demographics_agree")
    _until_read(lab, 2)

    # Round 3: lab proves one and disputes the other; pas reports one again and another with new evidence.
    third = lab.send(lab.package("lab-3", [line(2, "LAB")], **TIMES, examined=EXAMINED))
    assert (third["verified"], third["reopened"]) == (1, 1)
    assert (state("LAB-1"), state("LAB-2")) == ("verified", "open"), "a link that was applied, and is still reported"
    lines = [line(1, "LEGACY-PAS"), line(2, "LEGACY-PAS", given="Florence"), line(3, "LEGACY-PAS")]
    package = pas.package("pas-3", lines, **TIMES, examined=EXAMINED)
    last = pas.send(package)
    assert last["reopened"] == 2
    assert (state("LEGACY-PAS-1"), state("LEGACY-PAS-2")) == ("open", "open")
    assert pas.read()["cases"] == 0, "all of it again changes nothing"
    assert pas.send(package)["id"] == last["id"], "the same package is the same run"


def test_a_service_account_never_decides(address: str, workers: None, token: Any) -> None:
    pas = Pipeline(address, token("pas"), "pas", WAVE)
    pas.send(pas.package("pas-1", [line(1, "LEGACY-PAS")], **TIMES))
    for path, body in (("claim/", {}), ("decisions/", {"verdict": "LINK", "reason": "other", "seen": 1})):
        status, said = pas.ask("POST", f"cases/{ref('LEGACY-PAS-1')}/{path}", json.dumps(body).encode())
        assert (status, said["detail"]) == (403, "A service account never decides. A person signs in and decides.")
    assert pas.ask("POST", "queues/matches/next/", b"{}")[0] == 403
    assert state("LEGACY-PAS-1") == "open"


def test_a_wrong_code_signs_no_one_in(address: str, person: Any) -> None:
    with pytest.raises(RuntimeError, match="refused the sign-in"):
        Person(address, "rose", factories.PASSWORD, generate_totp_secret())
