"""The search finds what a person may open, the same for palette and page, and nothing else."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from guardian.shortcuts import assign_perm

from console.audit.models import LogEntry
from console.capabilities.parts import SEARCH_SOURCES, Hit, SearchSource
from console.errors import Invalid
from console.people.models import User, UserKind
from console.search import queries
from governance.gates import actions as gates
from governance.risks.models import Risk
from governance.subjects import of_wave
from tests import factories
from tests.risks import making

pytestmark = pytest.mark.django_db
PALETTE = {"HX-Request": "true"}
#: What breaks a search that puts texts into SQL, patterns or markup.
NASTY = (
    "%", "_", "\\", "%%%", "' OR 1=1 --", "\0", "\0\0\0", "<script>alert(1)</script>", "e\u0301\u0301", "\u202eabc",
    "שלום", "مرحبا", "\U0001f600", "\ud83d", "*", "(", "[", "{0}", "{{ x }}", "EX-", "EX-0", "GATE-" + "9" * 30,
    "     ", "\u200b", "\u00a0\u2003", "a" * 200, ">%", "@%", "#%", "@", "#", ">", "> \\", "@\0",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _calm() -> None:
    cache.clear()


def titles(user: User, text: str, group: str = "") -> list[str]:
    return [shown.hit.title for found in queries.answer(user, text, group).groups for shown in found.hits]


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="console.people.backends.ScopedPermissions")
    return client


@pytest.fixture
def lead() -> User:
    return factories.make_user("lena", role="lead")


# What is found


@pytest.mark.parametrize("spelt", ["EX-{}", "ex-{}", "EX{}", "ex {}", "{}", "#{}", "# EX-{}", " EX-{} "])
def test_a_case_is_found_by_its_number(lead: User, spelt: str) -> None:
    case = factories.make_case()
    assert case.ref in titles(lead, spelt.format(case.pk))


def test_runs_are_found_by_identifier_and_its_beginning(lead: User) -> None:
    operator = factories.make_user("omar", role="operator")
    for name in ("2026-w48", "2026-w48-wave-2", "2026-w49"):
        factories.make_run(name)
    assert titles(operator, "2026-w48") == ["2026-w48", "2026-w48-wave-2"]
    assert titles(operator, "w48") == []
    assert titles(operator, "2026_w48") == []


def test_queues_waves_sources_and_measures_are_found_by_name() -> None:
    ada = factories.make_user("ada", role="administrator")
    omar = factories.make_user("omar", role="operator")
    lena = factories.make_user("lena", role="lead")
    factories.make_wave("north-wing")
    factories.make_source("legacy-pas")
    factories.make_queue("identity-high-risk")
    assert "North-Wing" in titles(omar, "NORTH")
    assert "Legacy-Pas" in titles(omar, "legacy")
    assert "Identity-High-Risk" in titles(lena, "high-risk")
    assert "Omar" in titles(ada, "@oma")
    assert "Omar" in titles(ada, "omar@hospital")


def test_risks_are_found_by_number_and_title() -> None:
    steward = factories.make_user("rita", role="steward")
    made = making.make_risk(steward, wave=factories.make_wave(), title="Consents lost when charts are joined")
    for text in (made.ref, str(made.pk), "consents lost"):
        assert f"{made.ref}, {made.title}" in titles(steward, text)
    assert Risk.objects.count() == 1


def test_a_sign_asks_its_source_alone(lead: User) -> None:
    case = factories.make_case(queue=factories.make_queue("queues-and-more"))
    assert titles(lead, "#queues") == []
    assert case.ref not in titles(lead, f">{case.ref}")
    assert {found.source.code for found in queries.answer(lead, ">queues").groups} == {"commands"}
    assert {found.source.code for found in queries.answer(lead, "queues").groups} == {"commands", "queues"}


def test_commands_are_those_that_a_person_may_run(lead: User) -> None:
    reviewer, none = factories.make_user("ana", role="reviewer"), factories.make_user("nina")
    assert "Create a queue" in titles(lead, ">create")
    assert "Create a queue" not in titles(reviewer, ">create")
    assert "Next case" in titles(reviewer, ">next")
    assert {"Home", "Sign out", "My roles and permissions"} <= set(titles(none, ">"))
    assert not {"Next case", "Queues", "People"} & set(titles(none, ">"))


def test_few_are_shown_beside_others_and_more_when_narrowed() -> None:
    omar = factories.make_user("omar", role="operator")
    for number in range(40):
        factories.make_run(f"run-of-many-{number:02}")
    wide = next(one for one in queries.answer(omar, "run-of").groups if one.source.code == "runs")
    narrow = queries.answer(omar, "run-of", "runs")
    assert (len(wide.hits), wide.count) == (queries.FEW, "5+")
    assert [one.source.code for one in narrow.groups] == ["runs"]
    assert (len(narrow.groups[0].hits), narrow.groups[0].count) == (queries.MANY, "25+")
    assert queries.answer(omar, "run-of", "no-such-group").found == len(wide.hits)


def test_it_asks_the_same_however_much_there_is() -> None:
    person = factories.make_user("all", role="lead")
    for role in ("operator", "steward", "administrator", "board"):
        person.user_permissions.add(*factories.make_user(f"the-{role}", role=role).user_permissions.all())
    counts = []
    for size in (1, 6):
        for number in range(size):
            name = f"crowd-{size}-{number}"
            wave = factories.make_wave(name)
            factories.make_run(name, wave=wave, source=factories.make_source(name))
            factories.make_queue(name)
            factories.make_user(name)
            making.make_risk(person, wave=wave, title=name)
            gates.make_gates(subject=of_wave(wave), phases=["cutover"], by=person)
        with CaptureQueriesContext(connection) as asked:
            found = queries.answer(User.objects.get(pk=person.pk), f"crowd-{size}")
        assert {group.source.code for group in found.groups} >= {
            "waves",
            "runs",
            "sources",
            "queues",
            "people",
            "risks",
            "gates",
        }
        counts.append(len(asked))
    assert counts[0] == counts[1]


# Who finds what


def test_two_people_with_different_rights_find_different_things() -> None:
    mine, other = factories.make_queue("mine"), factories.make_queue("other")
    ana, omar = factories.make_user("ana"), factories.make_user("omar", role="operator")
    assign_perm("cases.see_queue", ana, mine)
    seen, unseen = factories.make_case(queue=mine), factories.make_case(queue=other)
    assert seen.ref in titles(ana, seen.ref)
    assert titles(ana, unseen.ref) == []
    assert titles(ana, "other") == []
    assert titles(omar, seen.ref) == []
    assert titles(ana, "run-") == []


def test_a_wave_of_ones_own_and_no_other() -> None:
    wes = factories.make_user("wes")
    assign_perm("waves.view_wave", wes, factories.make_wave("wave-of-mine"))
    factories.make_wave("wave-of-others")
    assert titles(wes, "wave-of") == ["Wave-Of-Mine"]


def test_people_are_found_by_those_who_manage_them_alone(lead: User) -> None:
    factories.make_user("zelda")
    assert "Zelda" not in titles(lead, "zelda")
    assert titles(lead, "@zelda") == []
    assert titles(factories.make_user("ada", role="administrator"), "@zelda") == ["Zelda"]


def test_a_service_account_has_no_search() -> None:
    client = signed_in(factories.make_user("pipe", role="pipeline", kind=UserKind.SERVICE))
    assert client.post("/search/", {"text": ">"}).status_code == 302
    assert client.post("/search/", {"text": ">"}, headers={"X-Requested-With": "fetch"}).status_code in {302, 401}


# The page and the palette


@pytest.mark.parametrize("text", NASTY)
def test_no_text_breaks_it(text: str) -> None:
    board = factories.make_user("bo", role="board")
    factories.make_case()
    client = signed_in(board)
    for headers in ({}, PALETTE):
        answer = client.post(
            "/search/", {"text": text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")}, headers=headers
        )
        assert answer.status_code == 200
        assert b"<script>alert" not in answer.content
    assert not [title for title in titles(board, text) if text.strip(">@# \0") in {"%", "_", "\\"} and text in title]


def test_a_wildcard_stands_for_itself(lead: User) -> None:
    omar = factories.make_user("omar", role="operator")
    factories.make_run("100%_done")
    factories.make_run("100 or so")
    assert titles(omar, "100%") == ["100%_done"]
    assert titles(omar, "100%_d") == ["100%_done"]
    assert titles(omar, "100_") == []


def test_a_text_longer_than_any_name_is_refused_and_stays_typed(lead: User) -> None:
    with pytest.raises(Invalid):
        queries.answer(lead, "x" * 10_000)
    client = signed_in(lead)
    for headers in ({}, PALETTE):
        answer = client.post("/search/", {"text": "x" * 10_000}, headers=headers)
        assert answer.status_code == 422
        assert b"at most 200 characters" in answer.content


def test_the_page_works_without_script(lead: User) -> None:
    case, client = factories.make_case(), signed_in(lead)
    assert b'name="text"' in client.get("/search/").content
    page = client.post("/search/", {"text": case.ref}).content.decode()
    assert f'href="/cases/{case.ref}/"' in page
    assert f'value="{case.ref}"' in page
    commands = client.post("/search/", {"text": ">next case"}).content.decode()
    assert 'action="/queues/next/"' in commands


def test_a_text_in_the_address_is_not_looked_at(lead: User) -> None:
    case = factories.make_case()
    page = signed_in(lead).get("/search/", {"text": case.ref}).content.decode()
    assert f"/cases/{case.ref}/" not in page


def test_the_palette_gets_a_list_of_options(lead: User) -> None:
    case = factories.make_case()
    found = signed_in(lead).post("/search/", {"text": case.ref}, headers=PALETTE).content.decode()
    assert "<html" not in found
    assert 'role="listbox"' in found
    assert f'href="/cases/{case.ref}/" role="option"' in found


def test_a_person_who_asks_too_often_has_to_wait(lead: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.web.throttles.SearchThrottle.rate", "3/min")
    client, other = signed_in(lead), signed_in(factories.make_user("ana", role="reviewer"))
    answers = [client.post("/search/", {"text": ">"}, headers=PALETTE) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert b"Wait a minute" in answers[-1].content
    assert other.post("/search/", {"text": ">"}).status_code == 200


# The audit log


def _entries() -> list[LogEntry]:
    return list(LogEntry.objects.filter(verb="search.searched").order_by("id"))


def _source(found: list[Hit]) -> SearchSource:
    return SearchSource(code="patients", label="Patients", find=lambda *_: found, least=3, patients=True, order=1)


def test_what_shows_no_patient_is_not_logged(lead: User) -> None:
    client = signed_in(lead)
    with SEARCH_SOURCES.holding(_source([Hit(title="x", url="/x")])):
        for text in ("", "ab", ">release", "@ana", "#1042", "   "):
            client.post("/search/", {"text": text})
        client.post("/search/", {"text": "abc", "group": "cases"})
    assert _entries() == []


def test_a_search_for_records_is_logged_without_its_text(lead: User) -> None:
    client = signed_in(lead)
    for found in ([Hit(title="x", url="/x")], []):
        with SEARCH_SOURCES.holding(_source(found)):
            client.post("/search/", {"text": "E154293"})
    client.post("/search/", {"text": "abc"})
    first, second = _entries()[:2]
    assert [one.facts["found"] for one in (first, second)] == [1, 0]
    assert "patients" in first.facts["groups"]
    assert first.facts["text_digest"] == second.facts["text_digest"]
    assert "E154293" not in str(first.facts)
    assert first.actor == lead


def test_what_cannot_be_logged_is_not_shown(lead: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("the audit log is out of reach")

    client = Client(raise_request_exception=False)
    client.force_login(lead, backend="console.people.backends.ScopedPermissions")
    monkeypatch.setattr("console.audit.log.record", broken)
    with SEARCH_SOURCES.holding(_source([Hit(title="Okello", url="/x")])):
        answer = client.post("/search/", {"text": "E154293"}, headers=PALETTE)
    assert answer.status_code == 500
    assert b"Okello" not in answer.content
