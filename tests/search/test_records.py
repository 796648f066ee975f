"""Record numbers: whole in any system, by their beginning where a chart was sent, masked, and by right of the queue."""

from __future__ import annotations

import json

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from guardian.shortcuts import assign_perm

from console.audit.models import LogEntry
from console.people.models import User
from tests import factories
from triage.cases import keys
from triage.cases.actions import systems
from triage.cases.models import Case, MigrationException, State
from triage.desk import record_search
from triage.runs.models import RecordExcerpt, RecordSystem

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _calm() -> None:
    cache.clear()


@pytest.fixture
def lead() -> User:
    return factories.make_user("lena", role="lead")


def about(*numbers: str, system: str = "LEGACY-PAS", chart: bool = False, **fields: object) -> Case:
    """A case about records of these numbers; ``chart``: excerpts of their charts were sent."""
    line = factories.merge_line(1, 2)
    line["records"] = [factories.record(0, system) | {"id": number} for number in numbers]
    case = factories.make_case(line=line, **fields)
    systems.keep_systems([system])
    for number in numbers if chart else ():
        RecordExcerpt.objects.update_or_create(
            record_key=keys.record_key(system, number),
            defaults={"system": system, "record_id": number, "run": case.opened_run, "payload": "{}"},
        )
    return case


def refs(user: User, text: str, limit: int = 50) -> list[str]:
    return [hit.aside for hit in record_search.find(user, text, limit)]


# What is found


@pytest.mark.parametrize(
    ("kept", "typed"),
    [
        ("E154293", "E154293"), ("E154293", "e154293"), ("e154293", "E154293"), ("9434765919", "943 476 5919"),
        ("943 476 5919", "943 476 5919"), ("cafe\u0301-9", "caf\u00e9-9"), ("caf\u00e9-9", "cafe\u0301-9"),
        ("٣٤٥٦", "٣٤٥٦"), ("מר-77", "מר-77"), ("50%_\\", "50%_\\"), ("a'b\"c", "a'b\"c"),
    ],
)  # fmt: skip
def test_a_number_is_found_whole(lead: User, kept: str, typed: str) -> None:
    case = about(kept, "other-1")
    assert refs(lead, typed) == [case.ref]


@pytest.mark.parametrize(
    "typed", ["E15429", "154293", "E15429_", "%", "E15429%", "___", "E154293x", "Okello", "Grace", "1984"]
)
def test_neither_parts_nor_wildcards_nor_what_else_a_record_says(lead: User, typed: str) -> None:
    about("E154293", "other-1")
    assert refs(lead, typed) == []


def test_a_number_is_found_in_every_system(lead: User) -> None:
    one, two = about("77001", "x-1", system="PAS"), about("77001", "x-2", system="Épic \u202fEPR")
    assert sorted(refs(lead, "77001")) == sorted([one.ref, two.ref])


def test_a_beginning_is_found_where_a_chart_was_sent(lead: User) -> None:
    charted, bare = about("E154293", "E200", chart=True), about("E154870", "E201")
    assert refs(lead, "E154") == [charted.ref]
    assert refs(lead, "e154") == [charted.ref]
    assert refs(lead, "E15_") == refs(lead, "E15%") == refs(lead, "\\") == []
    assert refs(lead, "E154870") == [bare.ref]


def test_a_beginning_of_nothing_but_the_last_characters(lead: User) -> None:
    last = about("\U0010fffd\U0010fffd\U0010fffd1", "z", chart=True)
    assert refs(lead, "\U0010fffd\U0010fffd\U0010fffd") == [last.ref]


def test_whole_numbers_come_first_then_unresolved_cases_then_the_newest(lead: User) -> None:
    longer = about("4711-9", "a", chart=True)
    paused = about("4711", "d", state=State.WAITING)
    withdrawn = about("4711", "b", state=State.WITHDRAWN)
    unresolved = about("4711", "c")
    assert refs(lead, "4711") == [unresolved.ref, paused.ref, withdrawn.ref, longer.ref]
    assert refs(lead, "4711", limit=2) == [unresolved.ref, paused.ref]


def test_the_number_of_a_case_is_no_search_for_a_record() -> None:
    assert all(map(record_search.is_case_number, ("EX-1042", "ex-", "EX1042", "EX")))
    assert not any(map(record_search.is_case_number, ("1042", "EX-1042a", "E154", "EX-٣")))


# Who finds it, and what of it


def test_only_cases_of_queues_that_a_person_may_see() -> None:
    mine, other = factories.make_queue("mine"), factories.make_queue("other")
    seen, _ = about("E9001", "a", queue=mine, chart=True), about("E9001", "b", queue=other, chart=True)
    ana = factories.make_user("ana")
    assign_perm("cases.see_queue", ana, mine)
    assert refs(ana, "E9001") == [seen.ref]
    assert refs(ana, "E90") == [seen.ref]
    assert refs(factories.make_user("nina"), "E9001") == []


def test_many_unseen_cases_hide_none_that_may_be_seen() -> None:
    mine, other = factories.make_queue("mine"), factories.make_queue("other")
    seen = about("E9001", "mine", queue=mine)
    for number in range(record_search.CASES + 5):
        about("E9001", f"other-{number}", queue=other)
    ana = factories.make_user("ana")
    assign_perm("cases.see_queue", ana, mine)
    assert refs(ana, "E9001") == [seen.ref]


def test_a_hit_is_masked(lead: User) -> None:
    case = about("E154293", "other-1")
    hit = record_search.find(lead, "E154293", 5)[0]
    assert hit.title == "•••••93 G•••• O•••••"
    assert (hit.url, hit.state) == (f"/cases/{case.ref}/", "open")
    assert hit.masked
    assert "North Clinic" in hit.detail
    page = _post(lead, "E154293").content.decode()
    assert "154293" not in page.replace('value="E154293"', "")
    assert not {"Okello", "Grace", "1984-03-12"} & set(page.split())


def test_columns_are_read_as_their_source_says(lead: User) -> None:
    source = factories.make_source("other-pas", field_rules={"columns": {"nachname": "family", "vorname": "given"}})
    run = factories.make_run(source=source)
    line = factories.merge_line(1, 2)
    line["records"][0] |= {"id": "E154293", "fields": {"nachname": "Okello", "vorname": "Grace"}}
    factories.make_case(line=line, run=run)
    systems.keep_systems(["LEGACY-PAS"])
    assert record_search.find(lead, "E154293", 5)[0].title.endswith("G•••• O•••••")


def test_a_line_that_cannot_be_read_is_found_by_its_key(lead: User) -> None:
    case = about("E154293", "other-1")
    first = case.exceptions.get()
    unreadable = MigrationException.objects.create(
        case=case, run=case.opened_run, evidence=first.evidence, digest=first.digest, payload="{}"
    )
    Case.objects.filter(pk=case.pk).update(latest_exception_id=unreadable.pk)
    assert record_search.find(lead, "E154293", 5)[0].title == "•••••93"


def _post(user: User, text: str, **more: str) -> object:
    client = Client()
    client.force_login(user, backend="console.people.backends.ScopedPermissions")
    return client.post("/search/", {"text": text, **more})


def _entries(user: User) -> list[LogEntry]:
    return list(LogEntry.objects.filter(verb="search.searched", actor=user).order_by("id"))


def test_every_search_for_records_is_logged_without_its_text(lead: User) -> None:
    about("E154293", "other-1")
    for text in ("E154293", "e154293", "E999999", "EX-1", "E1", ">E154293", "@E154293", "#E154293"):
        _post(lead, text)
    entries = _entries(lead)
    assert [one.facts["found"] for one in entries] == [1, 1, 0]
    assert entries[0].facts["groups"] == ["records"]
    assert entries[0].facts["text_digest"] == entries[1].facts["text_digest"] != entries[2].facts["text_digest"]
    assert "154293" not in json.dumps([one.facts for one in entries])


def test_who_may_see_no_case_searches_no_records() -> None:
    omar = factories.make_user("omar", role="administrator")
    about("E154293", "other-1")
    assert b"/cases/" not in _post(omar, "E154293").content
    assert _entries(omar) == []


def test_it_costs_the_same_however_much_is_found(lead: User) -> None:
    counts = set()
    for size in (0, 1, 20):
        for number in range(size):
            about(f"E7{size}00{number}", "x", chart=True)
        list(RecordSystem.objects.all())
        with CaptureQueriesContext(connection) as queries:
            found = record_search.find(User.objects.get(pk=lead.pk), f"E7{size}00", 30)
        assert len(found) == size
        counts.add(len(queries) if size else 0)
    assert counts - {0} == {max(counts)}
    assert max(counts) <= 9  # two of them for permissions


# The systems that a number is tried in


def test_systems_are_kept_once_and_no_more_than_a_search_can_try(lead: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(systems, "MOST", 3)
    systems.keep_systems(["b", "a"])
    systems.keep_systems(["a", "b"])
    systems.keep_systems(["c", "d", "a"])
    systems.keep_systems(["e"])
    assert sorted(RecordSystem.objects.values_list("name", flat=True)) == ["a", "b", "c"]
