"""The decision feed of several sources: read by source, wave and type, and acknowledged by source."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from console.audit.models import LogEntry
from console.errors import Denied
from console.people import actions as people
from console.people.models import User
from console.people.queries import system
from tests import factories
from triage.cases import actions, feed, sequencer
from triage.cases.actions import outcomes
from triage.cases.feed import Wanted
from triage.cases.models import Acknowledgement, Case, Occurrence, State
from triage.runs.models import Source

pytestmark = pytest.mark.django_db

FEED, ACKS = "/api/v1/decisions/", "/api/v1/decisions/acks/"
Ask = Callable[..., Any]


@pytest.fixture
def pas() -> Source:
    return factories.make_source("pas")


@pytest.fixture
def lab() -> Source:
    return factories.make_source("lab")


@pytest.fixture
def ask(client: Client) -> Callable[[User], Ask]:
    """Make an account's client: GET of the feed with a query, POST of an acknowledgement with a body."""

    def of(account: User) -> Ask:
        issued = people.issue_token(user=account, name=uuid.uuid4().hex, by=system())
        headers = {"Authorization": f"Bearer {issued.text}"}

        def call(body: dict[str, Any] | None = None, **query: Any) -> Any:
            if body is None:
                return client.get(FEED, query, headers=headers)
            return client.post(ACKS, body, content_type="application/json", headers=headers)

        return call

    return of


def account(name: str, role: str, *sources: Source) -> User:
    made = people.make_service_account(username=name, by=system())
    for source in sources or (None,):
        people.grant_role(user=made, role=role, scope=source, by=system())
    return User.objects.get(pk=made.pk)


def decided(by: User, source: Source, *, wave: str = "wave-1", line: dict[str, Any] | None = None) -> Case:
    """A case that a run of this source opened, decided and released."""
    case = factories.make_case(run=factories.make_run(source=source, wave=factories.make_wave(wave)), line=line)
    actions.claim(case=case, by=by)
    actions.decide(case=case, verdict="NO_MATCH", reason="namesakes", seen=1, by=by)
    release()
    return case


def release() -> None:
    sequencer.release(by=system(), now=timezone.now() + dt.timedelta(hours=1))


def reported_too(case: Case, source: Source) -> None:
    run = factories.make_run(source=source)
    Occurrence.objects.create(case=case, run=run, exception_id=case.latest_exception_id, file_id=0, line_no=1)


def states(*cases: Case) -> list[str]:
    return [Case.objects.get(pk=case.pk).state for case in cases]


# Acknowledge by source


def test_each_pipeline_acknowledges_its_own(ask: Any, ana: User, pas: Source, lab: Source) -> None:
    cases = [decided(ana, source) for source in (pas, lab, pas, lab)]
    pas_pipe, lab_pipe = ask(account("pas-pipe", "pipeline", pas)), ask(account("lab-pipe", "pipeline", lab))
    done = pas_pipe({"through": 4})
    assert (done.status_code, done.json()) == (201, {"source": "pas", "through": 4, "cases": 2})
    assert states(*cases) == ["acknowledged", "released", "acknowledged", "released"]
    assert pas_pipe({"source": "pas", "through": 4}).json() == {"source": "pas", "through": 4, "cases": 0}
    assert lab_pipe({"through": 2}).json()["cases"] == 1
    assert lab_pipe({"through": 4}).json()["cases"] == 1, "the other one's acknowledgement covers nothing of it"
    assert states(*cases) == ["acknowledged"] * 4
    entries = LogEntry.objects.filter(verb="feed.acknowledged").order_by("pk")
    assert [(entry.facts["source"], entry.facts["cases"]) for entry in entries] == [("pas", 2), ("lab", 1), ("lab", 1)]


@pytest.mark.parametrize("role", ["pipeline", "consumer"])
def test_an_account_of_the_console_names_the_source(ask: Any, ana: User, pas: Source, lab: Source, role: str) -> None:
    cases = [decided(ana, pas), decided(ana, lab)]
    consumer = ask(account("reader", role))
    refused = consumer({"through": 2})
    assert refused.status_code == 422
    assert "Name the “source” whose decisions you have applied: lab, pas." in refused.json()["detail"]
    assert consumer({"source": "nowhere", "through": 2}).status_code == 422
    assert states(*cases) == ["released", "released"]
    assert consumer({"source": "lab", "through": 2}).status_code == 201
    assert states(*cases) == ["released", "acknowledged"]


def test_an_account_of_two_sources_names_one(ask: Any, ana: User, pas: Source, lab: Source) -> None:
    factories.make_source("other")
    decided(ana, pas)
    consumer = ask(account("reader", "consumer", pas, lab))
    assert "applied: lab, pas." in consumer({"through": 1}).json()["detail"]
    assert consumer({"source": "pas", "through": 1}).status_code == 201
    assert consumer({"source": "other", "through": 1}).status_code == 403
    assert consumer({"source": "nowhere", "through": 1}).status_code == 403, "it learns nothing of other sources"


def test_a_word_for_another_source_counts_for_nothing(ask: Any, ana: User, pas: Source, lab: Source) -> None:
    case = decided(ana, lab)
    stranger = account("pas-pipe", "pipeline", pas)
    assert ask(stranger)({"source": "lab", "through": 1}).status_code == 403
    with pytest.raises(Denied):
        actions.acknowledge(source=lab, through=1, by=User.objects.get(pk=stranger.pk))
    assert states(case) == ["released"]
    assert not Acknowledgement.objects.exists()


def test_a_case_of_two_sources_is_acknowledged_by_that_of_the_evidence(
    ana: User, pipe: User, pas: Source, lab: Source
) -> None:
    case = decided(ana, pas)
    reported_too(case, lab)
    assert actions.acknowledge(source=lab, through=1, by=pipe).cases == 0
    assert actions.acknowledge(source=pas, through=1, by=pipe).cases == 1


def test_what_was_acknowledged_before_sources_were_named_stays_so(
    ana: User, omar: User, pipe: User, pas: Source, lab: Source
) -> None:
    early, late = decided(ana, pas), decided(ana, lab)
    Acknowledgement.objects.create(consumer=pipe, source=None, through=1, at=timezone.now())
    run = factories.make_run(source=pas)
    for case in (early, late):
        Case.objects.filter(pk=case.pk).update(state=State.VERIFIED, verified_run=run)
    assert outcomes.withdraw(run).unverified == 2
    assert states(early, late) == ["acknowledged", "released"]


def test_a_recall_goes_back_to_what_each_source_acknowledged(ana: User, pipe: User, pas: Source, lab: Source) -> None:
    mine, other = decided(ana, pas), decided(ana, lab)
    run = factories.make_run(source=pas)
    Case.objects.filter(pk__in=[mine.pk, other.pk]).update(state=State.VERIFIED, verified_run=run)
    actions.acknowledge(source=lab, through=2, by=pipe)
    assert outcomes.withdraw(run).unverified == 2
    assert states(mine, other) == ["released", "acknowledged"]


# Read by source, wave and type


def test_an_item_says_where_its_case_came_from(ask: Any, ana: User, pas: Source) -> None:
    line = factories.merge_line(7, 8, cluster="c-17")
    case = decided(ana, pas, wave="wave-2", line=line)
    [item] = ask(account("reader", "consumer"))().json()["items"]
    assert (item["source"], item["run"], item["line"], item["wave"]) == (
        "pas",
        case.opened_run.run_id,
        "m-7-8",
        "wave-2",
    )
    told = {"cluster": "c-17", "model": {"name": "test", "version": "1"}}
    assert item["outcome"] | told == item["outcome"]
    assert item["outcome"]["records"] == [["CLINIC-EPR", "rec-8"], ["LEGACY-PAS", "rec-7"]]


def test_a_filtered_reader_goes_past_what_is_not_for_it(ask: Any, ana: User, pas: Source, lab: Source) -> None:
    for source, wave in ((pas, "wave-1"), (lab, "wave-1"), (lab, "wave-2"), (pas, "wave-2")):
        decided(ana, source, wave=wave)
    reader = ask(account("reader", "consumer"))

    def positions(**query: Any) -> tuple[list[int], int, bool]:
        page = reader(**query).json()
        return [item["position"] for item in page["items"]], page["next"], page["more"]

    assert positions(source="pas") == ([1, 4], 4, False)
    assert positions(source="lab") == ([2, 3], 4, False), "position 4 was looked at"
    assert positions(source="lab", limit=1) == ([2], 2, True)
    assert positions(source="lab", after=3) == ([], 4, False)
    assert positions(wave="wave-2") == ([3, 4], 4, False)
    assert positions(wave="wave-2", source="lab", kind="merge") == ([3], 4, False)
    assert positions(after=9) == ([], 9, False)
    for query in ({"source": "nowhere"}, {"wave": "nowhere"}, {"kind": "nothing"}):
        assert reader(**query).status_code == 400


def test_an_account_of_one_source_reads_that_source(ask: Any, ana: User, pas: Source, lab: Source) -> None:
    decided(ana, lab)
    decided(ana, pas)
    reader = ask(account("pas-pipe", "pipeline", pas))
    assert [item["position"] for item in reader().json()["items"]] == [2]
    assert [item["position"] for item in reader(source="pas").json()["items"]] == [2]
    assert reader(source="lab").status_code == 403
    assert LogEntry.objects.filter(verb="feed.read").first().facts["sources"] == ["pas"]


def test_a_source_hears_of_its_case_though_another_ones_evidence_was_decided(
    ask: Any, ana: User, pas: Source, lab: Source
) -> None:
    reported_too(decided(ana, pas), lab)
    [item] = ask(account("lab-pipe", "pipeline", lab))().json()["items"]
    assert (item["position"], item["source"]) == (1, "pas")


def test_a_reversal_belongs_to_the_source_of_what_it_reverses(ana: User, lena: User, pas: Source, lab: Source) -> None:
    case = decided(ana, pas)
    newer = factories.make_case(run=factories.make_run(source=lab))
    Case.objects.filter(pk=case.pk).update(latest_exception_id=newer.latest_exception_id)
    actions.reverse(case=Case.objects.get(pk=case.pk), reason="The paper record differs.", by=lena)
    release()
    page = feed.page(0, 10, Wanted(sources=(pas.pk,)))
    assert [item.decision.verdict for item in page.items] == ["NO_MATCH", "REVERSE"]
    assert {told.source for told in feed.tell(page.items).values()} == {"pas"}


def test_a_page_looks_at_a_bounded_number_of_positions(
    ask: Any, ana: User, pas: Source, lab: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    for source in (lab, lab, lab, lab, lab, pas):
        decided(ana, source)
    monkeypatch.setattr(feed, "SCAN", 2)
    reader = ask(account("reader", "consumer"))
    pages, after = [], 0
    while True:
        page = reader(source="pas", after=after).json()
        pages.append([item["position"] for item in page["items"]])
        after = page["next"]
        if not page["more"]:
            break
    assert pages[:3] == [[], [], [6]]
    assert after == 6
    assert sum(map(len, pages)) == 1


def test_a_person_reads_no_feed(client: Client, ana: User, pas: Source) -> None:
    client.force_login(ana)
    assert client.get(FEED).status_code == 403
    assert client.post(ACKS, {"source": "pas", "through": 1}, content_type="application/json").status_code == 403


def test_an_older_token_of_the_whole_console_still_reads_and_acknowledges(
    client: Client, ana: User, pas: Source
) -> None:
    decided(ana, pas)
    scopes = ["cases.read_feed", "cases.acknowledge_feed"]
    issued = people.issue_token(user=account("older", "pipeline"), name="old", scopes=scopes, by=system())
    headers = {"Authorization": f"Bearer {issued.text}"}
    assert len(client.get(FEED, headers=headers).json()["items"]) == 1
    body = {"source": "pas", "through": 1}
    assert client.post(ACKS, body, content_type="application/json", headers=headers).status_code == 201
