"""Set-up by file and API: applied once, changes nothing when applied again, all or nothing, each change logged."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from console.audit.models import LogEntry
from console.errors import Denied, Invalid
from console.people.models import User
from console.waves.models import Wave
from tests import factories
from triage.questions.models import ServiceMailbox
from triage.queues.models import BusinessCalendar, Queue, RoutingRule, SlaPolicy
from triage.runs.models import Source
from triage.setup import actions, files, queries

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/setup/"

TOML = """
format = "concord-setup/1"

[[waves]]
slug = "wave-1"
name = "Wave 1: outpatients"
planned_for = 2027-02-01

[[sources]]
name = "pas"
title = "Legacy patient administration"
field_rules = { country = "UG", columns = { nom = "family" }, placeholders = { dob = ["1970-01-01"] } }

[[sources]]
name = "lab"
title = "Laboratory"
kind = "directory"
path = "lab"
active = false

[[calendars]]
name = "Working days"
time_zone = "Africa/Kampala"
weekly = { mon = [["08:00", "12:00"], ["13:00", "17:00"]], tue = [["08:00", "17:00"]] }
holidays = [2027-03-01]
country = "UG"

[[queues]]
slug = "matches"
name = "Patient matches"
kind = "merge"
claim_lasts = "20 minutes"
targets = { escalation = "matches-hard" }

[[queues]]
slug = "matches-hard"
name = "Hard matches"
kind = "merge"
undo_for = "30 s"

[[due]]
due_after = "40 hours"
calendar = "Working days"

[[due]]
queue = "matches"
severity = "critical"
due_after = "4 h"

[[routing]]
kind = "merge"
name = "Critical"
queue = "matches-hard"
priority = 10
conditions = { severity_at_least = 4 }

[[routing]]
kind = "merge"
name = "The rest"
queue = "matches"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "setup.toml"
    path.write_text(TOML)
    return path


def applied(setup: dict[str, Any], by: User, **options: Any) -> list[actions.Change]:
    return actions.apply(setup=files.parse({"format": files.FORMAT, **setup}), by=by, **options)


def command(*arguments: object) -> str:
    out = io.StringIO()
    call_command("setup", *map(str, arguments), stdout=out)
    return out.getvalue()


def entries() -> list[str]:
    found = LogEntry.objects.exclude(verb__startswith="row.").order_by("pk")
    return list(found.values_list("verb", flat=True))


def test_a_file_sets_everything_up_and_again_changes_nothing(file: Path) -> None:
    said = command("apply", file)
    assert "created waves “wave-1”: name, planned_for" in said
    assert "created queues “matches”" in said
    assert Wave.objects.get().name == "Wave 1: outpatients"
    assert dict(Source.objects.values_list("name", "active")) == {"pas": True, "lab": False}
    queue = Queue.objects.get(slug="matches")
    assert (queue.lease_seconds, queue.undo_seconds, queue.targets.get().to.slug) == (1200, 120, "matches-hard")
    assert set(SlaPolicy.objects.values_list("queue__slug", "severity", "minutes", "calendar__name")) == {
        (None, None, 2400, "Working days"),
        ("matches", 4, 240, None),
    }
    assert list(RoutingRule.objects.values_list("name", "queue__slug")) == [
        ("Critical", "matches-hard"),
        ("The rest", "matches"),
    ]
    assert BusinessCalendar.objects.get().country == "UG"
    before = entries()
    assert before.count("queue.made") == 2
    assert command("apply", file) == "Nothing to change: everything is set up as the file says.\n"
    assert entries() == before


def test_what_is_exported_changes_nothing_when_it_is_applied(file: Path, tmp_path: Path) -> None:
    command("apply", file)
    exported = tmp_path / "exported.json"
    exported.write_text(command("export"))
    assert {"queue": "matches", "severity": "critical", "due_after": "4 hours", "calendar": None} in json.loads(
        exported.read_text()
    )["due"]
    assert command("apply", exported) == "Nothing to change: everything is set up as the file says.\n"
    assert "queues (2)" in command("show")


def test_a_dry_run_says_what_would_change_and_changes_nothing(file: Path, omar: User) -> None:
    before = entries()
    said = command("apply", file, "--dry-run")
    assert "would create sources “pas”: field_rules, title" in said
    assert said.endswith("changes, none made (dry run).\n")
    assert not Wave.objects.exists()
    assert entries() == before
    applied({"waves": [{"slug": "w", "name": "W"}]}, omar)
    [change] = applied({"waves": [{"slug": "w", "name": "Other"}]}, omar, dry_run=True)
    assert change == actions.Change("waves", "w", created=False, fields=["name"])
    assert Wave.objects.get().name == "W"


def test_what_an_entry_leaves_out_stays(omar: User) -> None:
    wave = {"slug": "w", "name": "W", "description": "All of it.", "planned_for": "2027-01-01"}
    applied({"waves": [wave]}, omar)
    [change] = applied({"waves": [{"slug": "w", "planned_for": None}]}, omar)
    assert change.fields == ["planned_for"]
    assert (Wave.objects.get().description, Wave.objects.get().planned_for) == ("All of it.", None)


def test_targets_that_are_left_out_stay_and_null_removes_one(omar: User) -> None:
    queues = [{"slug": slug, "name": slug, "kind": "merge"} for slug in ("a", "b")]
    applied({"queues": [queues[0] | {"targets": {"escalation": "b", "overlay": "b"}}, queues[1]]}, omar)
    applied({"queues": [{"slug": "a", "targets": {"escalation": None}}]}, omar)
    assert list(Queue.objects.get(slug="a").targets.values_list("name", flat=True)) == ["overlay"]


def test_rules_are_asked_in_the_order_of_the_file(omar: User) -> None:
    factories.make_queue("matches")
    rules = [{"kind": "merge", "name": name, "queue": "matches"} for name in ("a", "b", "c")]
    applied({"routing": rules}, omar)
    [change] = applied({"routing": [{"kind": "merge", "name": "c"}, {"kind": "merge", "name": "a"}]}, omar)
    assert change.fields == ["order"]
    assert list(RoutingRule.objects.values_list("name", flat=True)) == ["c", "a", "b"]
    assert not applied({"routing": [{"kind": "merge", "name": "c"}, {"kind": "merge", "name": "a"}]}, omar)


@pytest.mark.parametrize(
    ("setup", "sentence"),
    [
        ({"wave": []}, "unknown field `wave`"),
        ({"waves": [{"slug": "w", "title": "W"}]}, "unknown field `title` - at `$.waves[0]`"),
        ({"waves": [{"slug": "w"}]}, "waves, “w”: It does not exist yet, and a new one needs “name”."),
        ({"waves": [{"slug": "a b", "name": "W"}]}, "Expected `str` matching regex"),
        ({"waves": [{"slug": "w", "name": "W"}, {"slug": "w", "name": "V"}]}, "“w” stands twice"),
        ({"waves": [{"slug": "w", "name": "x" * 201}]}, "length <= 200"),
        ({"waves": [{"slug": "w", "name": "a\0b"}]}, "NUL"),
        ({"sources": [{"name": "s", "title": "S", "kind": "directory"}]}, "needs its folder below the inbox"),
        ({"sources": [{"name": "s", "title": "S", "kind": "directory", "path": "../x"}]}, "sources, “s”"),
        ({"queues": [{"slug": "q", "name": "Q", "kind": "riddle"}]}, "queues, “q”"),
        ({"queues": [{"slug": "q", "name": "Q", "kind": "merge", "claim_lasts": "900"}]}, "with its units"),
        ({"queues": [{"slug": "q", "name": "Q", "kind": "merge", "claim_lasts": "5 s"}]}, "queues, “q”"),
        ({"queues": [{"slug": "q", "name": "Q", "kind": "merge", "targets": {"escalation": "n"}}]}, "no queue “n”"),
        ({"queues": [{"slug": "q", "name": "Q", "kind": "merge", "targets": {"moon": "q"}}]}, "no target “moon”"),
        ({"due": [{"due_after": "4 h", "calendar": "Never"}]}, "due, “every one, every one”: There is no business"),
        ({"due": [{"severity": "huge", "due_after": "4 h"}]}, "Invalid enum value 'huge'"),
        ({"due": [{"due_after": "4 h 30 s"}]}, "whole number of minutes"),
        ({"calendars": [{"name": "c", "weekly": {"mon": [["9", "25:00"]]}}]}, "no time of day"),
        ({"calendars": [{"name": "c", "weekly": {"mon": [["09:00", "10:00"]]}, "country": "XX"}]}, "not known"),
        ({"routing": [{"kind": "merge", "name": "r", "queue": "q", "conditions": {"moon": 1}}]}, "no queue “q”"),
        ({"routing": [{"kind": "merge", "name": "r", "queue": "q", "conditions": {"x": float("nan")}}]}, "not finite"),
    ],
)
def test_what_makes_no_sense_is_refused_whole(omar: User, setup: dict[str, Any], sentence: str) -> None:
    good = {"waves": [{"slug": "good", "name": "Good"}]}
    with pytest.raises(Invalid) as refused:
        applied({**good, **setup}, omar)
    assert sentence in refused.value.sentence
    assert not Wave.objects.exists()
    assert not Queue.objects.exists()


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("a.yaml", "", "ends in .json or .toml"),
        ("a.json", "{", "cannot be read"),
        ("a.json", '{"format": "concord-setup/1", "format": "concord-setup/1"}', "a key stands twice"),
        ("a.json", '{"format": "concord-setup/2"}', "Invalid enum value"),
        ("a.json", "[" * 100_000, "cannot be read"),
        ("a.toml", 'format = "concord-setup/1"\nformat = "concord-setup/1"', "cannot be read"),
        ("a.toml", "\xff", "cannot be read"),
    ],
)
def test_a_file_that_is_none_is_refused(tmp_path: Path, name: str, text: str, sentence: str) -> None:
    path = tmp_path / name
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(CommandError, match=sentence):
        command("apply", path)
    with pytest.raises(CommandError, match="takes a file"):
        command("apply")


# By API


def put(client: Client, setup: dict[str, Any], query: str = "") -> Any:
    return client.put(ADDRESS + query, {"format": files.FORMAT, **setup}, content_type="application/json")


def test_an_operator_sets_up_by_api(client: Client, omar: User) -> None:
    client.force_login(omar)
    setup = {
        "waves": [{"slug": "w", "name": "W"}],
        "sources": [{"name": "pas", "title": "PAS"}],
        "queues": [{"slug": "matches", "name": "Matches", "kind": "merge"}],
        "due": [{"due_after": "4 hours"}],
    }
    dry = put(client, setup, "?dry_run=1").json()
    assert dry["dry_run"]
    assert [change["name"] for change in dry["changes"]] == ["w", "pas", "matches", "every one, every one"]
    assert not Wave.objects.exists()
    done = put(client, setup).json()
    assert (done["dry_run"], done["changes"]) == (False, dry["changes"])
    assert put(client, setup).json()["changes"] == []
    assert put(client, setup, "?dry_run=perhaps").status_code == 400
    assert put(client, {"waves": [{"slug": "w", "colour": "red"}]}).status_code == 422
    read = client.get(ADDRESS).json()
    assert read["queues"][0] | {"slug": "matches", "claim_lasts": "15 minutes"} == read["queues"][0]
    assert put(client, read).json()["changes"] == []
    assert LogEntry.objects.filter(verb="queue.made", actor=omar).count() == 1


def test_everyone_else_is_refused(client: Client, lena: User, ana: User, ada: User) -> None:
    for user in (ana, ada):
        client.force_login(user)
        assert put(client, {"waves": []}).status_code == 403
        assert client.get(ADDRESS).status_code == 403
    client.force_login(lena)
    assert put(client, {"queues": [{"slug": "q", "name": "Q", "kind": "merge"}]}).status_code == 200
    refused = put(
        client, {"queues": [{"slug": "r", "name": "R", "kind": "merge"}], "sources": [{"name": "s", "title": "S"}]}
    )
    assert refused.status_code == 403
    assert list(Queue.objects.values_list("slug", flat=True)) == ["q"], "all of it or nothing"
    with pytest.raises(Denied):
        applied({"waves": [{"slug": "w", "name": "W"}]}, ana)


def test_reading_costs_the_same_for_one_and_for_many(omar: User, django_assert_max_num_queries: Any) -> None:
    queues = [{"slug": f"q{number}", "name": "Q", "kind": "merge"} for number in range(30)]
    applied({"queues": queues, "due": [{"queue": "q1", "due_after": "1 h"}]}, omar)
    with django_assert_max_num_queries(12):
        queries.export()


def test_mailboxes_are_set_up_by_their_members(omar: User, ana: User, eve: User) -> None:
    box = {"slug": "records", "name": "Records office", "members": ["eve", "ana", "eve"], "email": "r@hospital.test"}
    assert [change.created for change in applied({"mailboxes": [box]}, omar)] == [True]
    assert applied({"mailboxes": [box]}, omar) == []
    exported = queries.export()["mailboxes"]
    assert exported == [box | {"members": ["ana", "eve"], "purpose": "", "active": True}]
    (change,) = applied({"mailboxes": [{"slug": "records", "members": ["eve"]}]}, omar)
    assert change.fields == ["members"]
    assert list(ServiceMailbox.objects.get().members.all()) == [eve]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"members": ["zoe"]}, "There is no active user “zoe”"),
        ({"members": []}, "needs at least one member"),
        ({"email": "nowhere"}, "is not an email address"),
    ],
)
def test_a_mailbox_that_cannot_be(omar: User, eve: User, wrong: dict[str, Any], sentence: str) -> None:
    box = {"slug": "records", "name": "Records office", "members": ["eve"]} | wrong
    with pytest.raises(Invalid, match=sentence):
        applied({"mailboxes": [box]}, omar)
    assert not ServiceMailbox.objects.exists()
