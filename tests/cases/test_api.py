"""The API: cases, claims, decisions and the feed, as a pipeline and a script see them."""

from __future__ import annotations

import datetime as dt
import json
import uuid

import pytest
from django.utils import timezone

from console.audit import log
from console.audit.models import LogEntry
from console.people import secret
from console.people.models import ServiceToken
from console.people.queries import system
from tests import factories
from triage.cases import actions, sequencer
from triage.cases.models import Acknowledgement, Case, Decision, State

pytestmark = pytest.mark.django_db


@pytest.fixture
def api(client):
    """A session of someone, speaking JSON."""

    class Api:
        def as_(self, user):
            client.force_login(user)
            return self

        def get(self, path, **query):
            return client.get(f"/api/v1/{path}", query)

        def post(self, path, body=None):
            return client.post(f"/api/v1/{path}", json.dumps(body or {}), content_type="application/json")

    return Api()


@pytest.fixture
def token(pipe, client):
    """The pipeline's client: a bearer token with chosen scopes."""

    def make(*scopes):
        text = secret.PREFIX + uuid.uuid4().hex * 2
        ServiceToken.objects.create(
            user=pipe,
            name="t",
            digest=secret.digest(text),
            hint=text[:12],
            scopes=list(scopes),
            expires_at=timezone.now() + dt.timedelta(days=1),
        )
        return {"HTTP_AUTHORIZATION": f"Bearer {text}"}

    return make


def released(by, count: int) -> list[Case]:
    cases = []
    for _ in range(count):
        case = factories.make_case()
        actions.claim(case=case, by=by)
        actions.decide(case=case, verdict="LINK", reason="other", seen=1, by=by)
        cases.append(case)
    sequencer.release(by=system(), now=timezone.now() + dt.timedelta(hours=1))
    return cases


def test_list_read_claim_decide(api, ana) -> None:
    case = factories.make_case(severity=2)
    api.as_(ana)
    [item] = api.get("cases/").json()["items"]
    assert (item["ref"], item["severity"], item["queue"], item["revision"]) == (case.ref, "medium", "merges", 1)
    assert LogEntry.objects.filter(verb="queue.listed", actor=ana).count() == 1
    full = api.get(f"cases/{case.ref}/")
    assert full.status_code == 200
    assert full["Cache-Control"] == "no-store"
    assert "line" not in full.json()
    assert "Okello" not in full.content.decode()
    claimed = api.post(f"cases/{case.ref}/claim/")
    assert (claimed.status_code, claimed.json()["revision"]) == (200, 1)
    body = {"verdict": "LINK", "seen": 1, "request_key": str(uuid.uuid4())}
    first, again = api.post(f"cases/{case.ref}/decisions/", body), api.post(f"cases/{case.ref}/decisions/", body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert Decision.objects.count() == 1
    other = api.post(f"cases/{case.ref}/decisions/", {"verdict": "NO_MATCH", "reason": "other", "seen": 1})
    assert (other.status_code, other.json()["error"]) == (409, "stale")


def test_the_line_is_a_reveal_and_is_logged_as_one(api, ana, cora) -> None:
    case = factories.make_case()
    unmasked = api.as_(ana).get(f"cases/{case.ref}/", include="line")
    assert unmasked.json()["line"]["records"][0]["fields"]["family"] == "Okello"
    assert LogEntry.objects.filter(verb="case.revealed", actor=ana, subject=case.ref).count() == 1
    refused = api.as_(cora).get(f"cases/{case.ref}/", include="line")
    assert refused.status_code == 403
    assert "Okello" not in refused.content.decode()


def test_no_entry_no_answer(api, ana, client, monkeypatch) -> None:
    case = factories.make_case()
    client.raise_request_exception = False
    api.as_(ana)

    def broken(*_, **__):
        raise RuntimeError("the audit log cannot be written")

    monkeypatch.setattr(log, "record", broken)
    for path in ("cases/", f"cases/{case.ref}/", f"cases/{case.ref}/?include=line"):
        response = api.get(path)
        assert response.status_code == 500, path
        assert case.ref not in response.content.decode()


def test_claim_next(api, ana) -> None:
    case = factories.make_case()
    assert api.as_(ana).post("queues/merges/next/").json()["ref"] == case.ref
    assert api.post("queues/merges/next/").status_code == 204
    assert api.post("queues/nothing/next/").status_code == 404


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"limit": "201"}, "limit"),
        ({"limit": "-1"}, "limit"),
        ({"limit": "1e3"}, "limit"),
        ({"after": "x"}, "page link is not valid"),
        ({"state": "x"}, "state"),
        ({"wave": "x"}, "wave"),
        ({"severity": "x"}, "severity"),
    ],
)
def test_a_query_that_makes_no_sense_gets_a_sentence(api, ana, query, sentence) -> None:
    factories.make_queue()
    response = api.as_(ana).get("cases/", **query)
    assert response.status_code == 400
    assert sentence in response.json()["detail"]


@pytest.mark.parametrize("ref", ["EX-0", "EX-99999999999999999999", "1042", "EX-1\x00", "EX-", "ex-1", "EX-12345"])
def test_a_case_that_is_not_there(api, ana, ref) -> None:
    factories.make_queue()
    expected = 400 if "\0" in ref else 404  # a NUL is refused before any view
    assert api.as_(ana).get(f"cases/{ref}/").status_code == expected
    assert api.post(f"cases/{ref}/claim/").status_code == expected


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"verdict": "LINK"},
        {"verdict": "LINK", "seen": "x"},
        {"verdict": "LINK", "seen": 2**40},
        {"verdict": "LINK", "seen": 1, "note": "x" * 5000},
        {"verdict": "LINK", "seen": 1, "request_key": "no"},
        {"verdict": "SURELY", "seen": 1},
        {"verdict": "LINK", "seen": 1, "note": "a\u0000b"},
        [],
        "text",
    ],
)
def test_a_decision_that_makes_no_sense_changes_nothing(api, ana, body) -> None:
    case = factories.make_case()
    actions.claim(case=case, by=ana)
    response = api.as_(ana).post(f"cases/{case.ref}/decisions/", body)
    assert response.status_code == 422, response.content
    assert "detail" in response.json()
    assert Case.objects.get(pk=case.pk).state == State.CLAIMED


def test_a_pipeline_reads_the_feed_and_acknowledges_it(client, token, ana, lena) -> None:
    one, two, three = released(ana, 3)
    headers = token("cases.read_feed", "cases.acknowledge_feed")
    first = client.get("/api/v1/decisions/?after=0&limit=2", **headers).json()
    assert [item["position"] for item in first["items"]] == [1, 2]
    assert (first["next"], first["more"]) == (2, True)
    item = first["items"][0]
    assert (item["case"], item["verdict"], item["by"], item["role"]) == (one.ref, "LINK", "Ana", "first")
    assert len(item["receipt"]) == 64
    assert [system for system, _ in item["outcome"]["records"]] == ["CLINIC-EPR", "LEGACY-PAS"]
    rest = client.get("/api/v1/decisions/?after=2", **headers)
    assert rest["Cache-Control"] == "no-store"
    assert (rest.json()["next"], rest.json()["more"], len(rest.json()["items"])) == (3, False, 1)
    assert client.get("/api/v1/decisions/?after=3", **headers).json() == {"items": [], "next": 3, "more": False}
    assert LogEntry.objects.filter(verb="feed.read").count() == 2, "an empty page shows nothing"

    def acknowledge(through):
        return client.post(
            "/api/v1/decisions/acks/",
            json.dumps({"source": "legacy-pas", "through": through}),
            content_type="application/json",
            **headers,
        )

    assert acknowledge(4).status_code == 422
    assert acknowledge(0).status_code == 422
    done = acknowledge(2)
    assert (done.status_code, done.json()) == (201, {"source": "legacy-pas", "through": 2, "cases": 2})
    assert acknowledge(2).status_code == 200
    assert Acknowledgement.objects.count() == 1
    states = [Case.objects.get(pk=case.pk).state for case in (one, two, three)]
    assert states == [State.ACKNOWLEDGED, State.ACKNOWLEDGED, State.RELEASED]
    actions.reverse(case=one, reason="wrong", by=lena)
    sequencer.release(by=system(), now=timezone.now() + dt.timedelta(seconds=1))
    [reversal] = client.get("/api/v1/decisions/?after=3", **headers).json()["items"]
    assert (reversal["verdict"], reversal["reverses"], reversal["role"]) == ("REVERSE", 1, "reversal")
    assert acknowledge(4).json() == {"source": "legacy-pas", "through": 4, "cases": 1}


def test_a_token_without_the_scope_is_told_so(client, token, ana) -> None:
    released(ana, 1)
    headers = token("runs.push_run")
    for path in ("decisions/", "cases/"):
        response = client.get(f"/api/v1/{path}", **headers)
        assert response.status_code == 403
        assert "scope" in response.json()["detail"]
    assert client.get("/api/v1/decisions/", HTTP_AUTHORIZATION="Bearer cnc_wrong").status_code == 401
    assert client.get("/api/v1/decisions/").status_code == 401


def test_the_feed_costs_the_same_for_one_and_for_many(client, token, ana, django_assert_max_num_queries) -> None:
    released(ana, 1)
    headers = token("cases.read_feed")
    client.get("/api/v1/decisions/", **headers)
    with django_assert_max_num_queries(16) as few:
        client.get("/api/v1/decisions/", **headers)
    released(ana, 6)
    with django_assert_max_num_queries(16) as many:
        client.get("/api/v1/decisions/", **headers)
    assert len(few) == len(many)
