"""The audit log's pages and API: who may read what, what each look leaves behind, and how much it costs."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from console.audit import log
from console.audit.models import LogEntry
from console.audit_pages import queries
from console.errors import Invalid
from tests import factories


@pytest.fixture
def entry(ana):
    with log.transaction(by=ana, purpose="test"):
        return log.record("person.password_changed", subject=ana, by=ana)


def looks() -> int:
    return LogEntry.objects.filter(verb="book.viewed").count()


def test_the_compliance_officer_reads_the_timeline_and_that_is_logged(client, cora, ana, entry):
    client.force_login(cora)
    before = looks()
    answer = client.get("/book/")
    assert answer.status_code == 200
    assert b"changed their password" in answer.content
    assert b"Ana" in answer.content
    assert looks() == before + 1
    last = LogEntry.objects.filter(verb="book.viewed").first()
    assert last.actor == cora
    assert last.cid == answer["X-Correlation-ID"]


@pytest.mark.parametrize("address", ["/book/", "/book/1/", "/book/about/EX-1/", "/api/v1/book/"])
@pytest.mark.parametrize("name", ["ana", "lena", "omar", "bo", "ada", "eve"])
def test_no_one_else_reads_it(client, request, name, address):
    client.force_login(request.getfixturevalue(name))
    before = looks()
    assert client.get(address).status_code == 403
    assert looks() == before


def test_pages_are_cut_by_key_and_cost_the_same_at_any_place(client, cora, ana):
    for _ in range(120):
        with log.transaction(by=ana, purpose="test"):
            log.record("session.signed_in", subject=ana, by=ana)
    client.force_login(cora)
    costs, seen, address = [], [], "/book/?person=ana"
    while address:
        with CaptureQueriesContext(connection) as queries:
            page = client.get(address).context["page"]
        costs.append(len(queries))
        seen += [entry.id for entry in page.items]
        address = f"/book/?person=ana&after={page.next}" if page.next else ""
    assert len(seen) == len(set(seen)) == 120
    assert seen == sorted(seen, reverse=True)
    assert len(set(costs)) == 1
    assert costs[0] <= 14


@pytest.mark.parametrize(
    "query", ["about=Grace+Okello", "cid=short", "person=unknown-user", "since=yesterday", "family=x"]
)
def test_a_filter_that_names_nothing_is_refused_with_a_sentence(client, cora, query):
    client.force_login(cora)
    answer = client.get(f"/book/?{query}")
    assert answer.status_code == 422
    assert not LogEntry.objects.filter(facts__icontains="Okello").exists()


def test_filters_find_what_they_name(client, cora, ana, ben, entry):
    with log.transaction(by=ben, purpose="test"):
        log.record("session.signed_in", subject=ben, by=ben)
    client.force_login(cora)
    for query, found in (
        ("person=ana", {"person.password_changed"}),
        (f"about=people.user:{ben.pk}", {"session.signed_in"}),
        (f"about=people.user:{ben.pk}&family=row", {"row.created"}),
        ("family=person&person=ben", set()),
        ("since=2020-01-01&until=2020-01-02", set()),
    ):
        assert {item.verb for item in client.get(f"/book/?{query}").context["page"].items} == found, query


def test_an_entry_shows_its_exact_bytes_and_what_belongs_to_it(client, cora, ana):
    with log.transaction(by=ana, purpose="rename"):
        receipt = log.record("person.email_changed", subject=ana, by=ana)
        ana.name = "Ana Renamed"
        ana.email = "canary-7781@hospital.test"
        ana.save()
    client.force_login(cora)
    page = client.get(f"/book/{receipt.entry_id}/")
    assert page.context["whole"].proof.matches
    assert page.context["whole"].proof.stored == receipt.hash
    beside = page.context["whole"].same_transaction
    change = next(item for item in beside if item.verb == "row.updated" and item.subject == f"people.user:{ana.pk}")
    row_page = client.get(f"/book/{change.id}/")
    columns = {item.column: item for item in row_page.context["whole"].changes}
    assert columns["name"].after == "Ana Renamed"
    assert columns["email"].readable is False
    assert b"canary-7781" not in row_page.content
    assert client.get("/book/999999999/").status_code == 404
    assert client.get(f"/book/{10**30}/").status_code == 404


def test_a_receipt_says_to_others_only_that_it_stands(client, ana, ben, cora, entry):
    address = f"/book/receipts/{entry.hash}/"
    client.force_login(ana)
    assert b"changed their password" in client.get(address).content
    client.force_login(ben)
    answer = client.get(address)
    assert answer.status_code == 200
    assert b"changed their password" not in answer.content
    assert b"Ana" not in answer.content
    client.force_login(cora)
    assert b"changed their password" in client.get(address).content
    assert client.get(f"/book/receipts/{'0' * 64}/").status_code == 404
    assert client.get("/book/receipts/?receipt=xyz").status_code == 422
    assert client.get("/book/receipts/?receipt=abcdef1").status_code == 422
    assert client.get(f"/book/receipts/?receipt={entry.hash}")["Location"].endswith(address)


@pytest.mark.parametrize("digits", [8, 9, 63])
def test_the_beginning_of_a_receipt_finds_its_entry(client, cora, entry, digits):
    client.force_login(cora)
    answer = client.get(f"/book/receipts/{entry.hash[:digits]}/")
    assert answer.context["row"].pk == entry.entry_id


def test_a_beginning_that_several_receipts_share_is_refused(ana, entry):
    with log.transaction(by=ana, purpose="test"):
        log.record("person.password_changed", subject=ana, by=ana)
    with pytest.raises(Invalid, match="Several receipts begin with"):
        queries.by_receipt("")


def test_the_fragment_about_a_thing(client, cora, ana, entry):
    client.force_login(cora)
    answer = client.get(f"/book/about/people.user:{ana.pk}/")
    assert b"changed their password" in answer.content
    assert b"<html" not in answer.content
    assert client.get("/book/about/Grace Okello/").status_code == 422


def test_the_api_gives_exact_bytes_in_order(client, cora, ana, entry):
    client.force_login(cora)
    first = client.get("/api/v1/book/?limit=2").json()
    assert [item["id"] for item in first["entries"]] == sorted(item["id"] for item in first["entries"])
    rest = client.get(f"/api/v1/book/?after={entry.entry_id - 1}&limit=1").json()
    (item,) = rest["entries"]
    assert item["id"] == entry.entry_id
    assert item["leaf_hash"] == entry.hash
    assert item["actor"] == "ana"
    for wrong in ("after=-1", "after=x", "limit=1001", "about=Grace", f"after={10**25}"):
        assert client.get(f"/api/v1/book/?{wrong}").status_code == 400, wrong


def test_without_the_entry_about_the_look_there_is_no_look(cora, entry, monkeypatch):
    client = Client(raise_request_exception=False)
    client.force_login(cora)

    def broken(*_, **__):
        raise RuntimeError("the audit log is out of reach")

    monkeypatch.setattr("console.audit.log.record", broken)
    answer = client.get("/book/")
    assert answer.status_code == 500
    assert b"changed their password" not in answer.content


def test_entries_about_cases_and_runs_carry_names_that_people_know(ana):
    case = factories.make_case()
    assert log.subject_name(case) == case.ref
    assert log.subject_name(case.opened_run) == f"runs.run:{case.opened_run_id}"
