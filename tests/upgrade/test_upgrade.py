"""A database of the version before, with the demonstration in it, migrates forwards and loses nothing."""

from __future__ import annotations

import datetime as dt
import json
import lzma
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection, models
from django.test import Client

from console.engines import databases as engine
from console.engines.addresses import with_database
from console.engines.binaries import postgres_bin
from console.people import actions as people
from console.people.models import User
from tests import databases, toys
from tests.upgrade import observing

HERE = Path(__file__).parent
RECORDS = HERE / "records"
#: Tables that grow with every version: what is there stays, more may come.
GROWING = {"audit_logentry", "auth_permission", "cases_queue", "django_content_type", "django_migrations"}
#: Queues that the version after brings.
ADDED_QUEUES = {"identity-adjudication"}
ADDED_MEASURES = {"deferred-past-cutover", "last-run"}
#: What roles of before allow since.
ADDED_PERMISSIONS = {"cases.set_up_queues", "runs.read_decisions", "runs.acknowledge_decisions"}
#: Keys of the API's answers whose values are sentences for people or times of answering.
WORDS = {
    "title",
    "label",
    "sentence",
    "sentences",
    "observed",
    "blocks",
    "at",
    "name",
    "hint",
    "verdict_label",
    "age",
    "missing",
}

pytestmark = pytest.mark.slow


def _unpacked(name: str) -> bytes:
    return lzma.decompress((HERE / name).read_bytes())


@pytest.fixture(scope="module")
def before() -> dict[str, Any]:
    """What the version before saw."""
    found: dict[str, Any] = json.loads(_unpacked("before.json.xz"))
    return found


@pytest.fixture(scope="module")
def upgraded(django_db_setup: None, django_db_blocker: Any, before: dict[str, Any]) -> Iterator[None]:
    """The database of the version before, brought forward as ``up`` does it; the clock stands where it stood then."""
    name, admin = "upgraded", os.environ["DATABASE_ADMIN_URL"]
    name = f"{name}_{os.getpid()}"
    engine.create_database(admin, name)
    try:
        _restore(with_database(admin, name))
        with django_db_blocker.unblock(), databases.pointed_to(name):
            _forget()
            for command in (["migrate", "--database=owner", "-v0"], ["book_guard"], ["sync_roles"]):
                _manage(*command)
            with time_machine.travel(dt.datetime.fromisoformat(before["at"]), tick=False):
                yield
    finally:
        _forget()
        engine.drop_database(admin, name)


def _forget() -> None:
    """Other rows stand behind the same numbers in another database."""
    ContentType.objects.clear_cache()
    cache.clear()


def _restore(admin: str) -> None:
    psql = [str(Path(postgres_bin()) / "psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", admin]
    done = subprocess.run(psql, input=_unpacked("before.sql.xz"), capture_output=True, check=False)
    assert not done.returncode, done.stderr.decode()


def _manage(*command: str) -> None:
    manage = [sys.executable, str(databases.ROOT / "manage.py"), *command]
    done = subprocess.run(manage, capture_output=True, text=True, check=False)
    assert not done.returncode, f"manage.py {command[0]} failed:\n{done.stdout}{done.stderr}"


def _things() -> list[models.Model]:
    from django.apps import apps

    queues = apps.get_model("cases", "Queue").objects.order_by("order", "id")
    return [*queues, *apps.get_model("waves", "Wave").objects.order_by("id")]


def _client(name: str) -> Client:
    return observing.client_of(User.objects.get(username=name))


def _differences(then: Any, now: Any, path: str = "") -> Iterator[str]:
    """Say where ``now`` lacks or changes something of ``then``; it may say more. Sentences are left out."""
    if isinstance(then, dict) and isinstance(now, dict):
        for key in then:
            if key not in now:
                yield f"{path}/{key} is gone"
            elif key not in WORDS:
                yield from _differences(then[key], now[key], f"{path}/{key}")
    elif isinstance(then, list) and isinstance(now, list) and len(then) == len(now):
        for number, (one, other) in enumerate(zip(then, now, strict=True)):
            yield from _differences(one, other, f"{path}/{number}")
    elif then != now:
        yield f"{path}: {then!r} became {now!r}"


def test_no_row_is_lost(upgraded: None, before: dict[str, Any]) -> None:
    now = observing.counts()
    for table in observing.HOLDINGS:
        now[table] -= observing.held(table, {*toys.granted(), *ADDED_PERMISSIONS})
    wrong = {
        table: (rows, now.get(table))
        for table, rows in before["counts"].items()
        if (now.get(table, -1) < rows if table in GROWING else now.get(table) != rows)
    }
    assert not wrong, "table: (rows before, rows after)"


def test_no_frozen_row_is_rewritten(upgraded: None, before: dict[str, Any]) -> None:
    for table, then in before["frozen"].items():
        now = set(observing.columns(table))
        assert set(then["columns"]) <= now, f"{table} lost columns of rows that may not change"
        last = before["last_entry"] if table == "audit_logentry" else None
        assert observing.digest(table, then["columns"], last) == then["digest"], f"{table} was rewritten"


def test_every_entry_hashes_to_its_receipt(upgraded: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), count(*) FILTER (WHERE sha256('\\x00'::bytea || bytes) <> leaf_hash) FROM audit_logentry"
        )
        entries, wrong = cursor.fetchone()
    assert entries > 3000
    assert not wrong


def test_everybody_may_what_they_might(upgraded: None, before: dict[str, Any]) -> None:
    users = {name: User.objects.get(username=name) for name in observing.PEOPLE}
    then = set(before["permissions"])
    now = {
        said
        for said in observing.permissions(users, _things())
        if said.split()[1] not in {*toys.granted(), *ADDED_PERMISSIONS}
    }
    assert (sorted(then - now), sorted(now - then)) == ([], []), "(no longer allowed, allowed since)"


def test_pages_answer_the_same_people(upgraded: None, before: dict[str, Any]) -> None:
    clients = {name: _client(name) for name in observing.PEOPLE}
    now = observing.pages(clients, [page for page in before["pages"] if page not in observing.PAGES])
    assert not "\n".join(_differences(before["pages"], now))


@pytest.mark.parametrize("name", ["lena", "sam", "hanna", "piet"])
def test_the_api_answers_the_same(upgraded: None, before: dict[str, Any], name: str) -> None:
    """Gates stand as they stood (a sealed package stands, a superseded one does not), cases, risks and queues too."""
    then = before["api"][name]
    now = observing.api(_client(name), list(then))
    if isinstance(now["queues/"]["body"], list):  # a refusal is an object
        now["queues/"]["body"] = [queue for queue in now["queues/"]["body"] if queue["slug"] not in ADDED_QUEUES]
    if "items" in now["measures/"]["body"]:
        items = now["measures/"]["body"]["items"]
        now["measures/"]["body"]["items"] = [one for one in items if one["measure"] not in ADDED_MEASURES]
    assert not "\n".join(_differences(then, now))


def test_the_feed_is_what_it_was(upgraded: None, before: dict[str, Any]) -> None:
    pipeline, ada = User.objects.get(username="legacy-pas-pipeline"), User.objects.get(username="ada")
    text = people.issue_token(user=pipeline, name="after", by=ada).text
    assert list(_differences(before["feed"], observing.feed(text))) == []


@pytest.mark.parametrize(("verdict", "reason", "to"), [
    ("ESCALATE", "second_opinion", "identity-escalated"),
    ("OVERLAY_SUSPECTED", "two_people_one_record", "identity-overlays"),
])  # fmt: skip
def test_a_queue_still_sends_on(upgraded: None, verdict: str, reason: str, to: str) -> None:
    from triage.cases import actions
    from triage.cases.models import Case

    ana = User.objects.get(username="ana")
    waiting = Case.objects.filter(queue__slug="identity", state="open", decisions__isnull=True)
    case = actions.claim(case=waiting.order_by("-id")[0], by=ana).case
    decided = actions.decide(case=case, verdict=verdict, reason=reason, seen=case.revision, by=ana)
    assert Case.objects.get(pk=case.pk).queue.slug == to, decided


@pytest.mark.parametrize("record", sorted(path.name for path in RECORDS.glob("*.json")))
@pytest.mark.parametrize("verifier", ["then", "now"])
def test_a_record_exported_before_verifies(record: str, verifier: str) -> None:
    assert _verified(RECORDS / record, _verifier(verifier))


@pytest.mark.parametrize("record", sorted(path.name for path in RECORDS.glob("*.json")))
@pytest.mark.parametrize("verifier", ["then", "now"])
def test_an_old_decision_exported_today_verifies(upgraded: None, tmp_path: Path, record: str, verifier: str) -> None:
    ref, turn = record.removesuffix(".json").split("-round-")
    answer = _client("sam").get(f"/api/v1/gates/{ref}/decision/?turn={turn}")
    assert answer.status_code == 200
    exported = tmp_path / record
    exported.write_bytes(answer.content)
    assert _verified(exported, _verifier(verifier))
    then, now = json.loads((RECORDS / record).read_bytes()), json.loads(answer.content)
    assert now["body"]["package"] == then["body"]["package"]
    assert now["body"]["ballots"] == then["body"]["ballots"]


@pytest.mark.parametrize("verifier", ["then", "now"])
def test_a_record_that_was_changed_does_not_verify(tmp_path: Path, verifier: str) -> None:
    path = next(RECORDS.glob("*.json"))
    changed = json.loads(path.read_bytes())
    changed["body"]["turn"] += 1
    copy = tmp_path / path.name
    copy.write_text(json.dumps(changed), encoding="utf-8")
    assert not _verified(copy, _verifier(verifier))


def test_no_migration_is_missing() -> None:
    """Every change of a model has its migration."""
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def _verifier(which: str) -> Path:
    return RECORDS / "verify_decision.py" if which == "then" else _todays_verifier()


def _todays_verifier() -> Path:
    return databases.ROOT / "governance" / "gates" / "offline" / "verify_decision.py"


def _verified(record: Path, verifier: Path) -> bool:
    key = json.loads(record.read_bytes())["key"]["public"]
    command = [sys.executable, "-I", str(verifier), str(record), "--key", key]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode in {0, 1}, done.stdout + done.stderr
    return done.returncode == 0
