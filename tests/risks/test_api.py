"""The API of risks: a list, and one risk with who scored it what at any time."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from console.people.models import User
from tests.risks.making import accept, make_risk, rate


def _signed_in(client: Client, user: User) -> Client:
    client.force_login(user, backend="console.people.backends.ScopedPermissions")
    return client


def test_the_list_goes_by_key(client: Client, stella: User, bo: User) -> None:
    low, high = make_risk(stella, severity=1), make_risk(stella, severity=3, programme=True)
    granted = accept(high, stella, bo)
    _signed_in(client, bo)
    first = client.get("/api/v1/risks/?limit=1").json()
    assert [item["ref"] for item in first["items"]] == [high.ref]
    assert first["items"][0]["wave"] is None
    assert first["items"][0]["status"] == "deviation-approved"
    assert dt.datetime.fromisoformat(first["items"][0]["accepted_until"]) == granted.not_after
    second = client.get(f"/api/v1/risks/?limit=1&after={first['next']}").json()
    assert [item["ref"] for item in second["items"]] == [low.ref]
    assert second["next"] == ""
    assert client.get("/api/v1/risks/?severity=3").json()["items"][0]["level"] == "3 undesirable"
    for bad in ("0", "x", "201", "²"):
        assert client.get(f"/api/v1/risks/?limit={bad}").status_code == 400


def test_one_risk_says_who_scored_it_what(client: Client, stella: User) -> None:
    risk = make_risk(stella, severity=3)
    before = timezone.now().isoformat()
    rate(risk, 1, stella)
    _signed_in(client, stella)
    now = client.get(f"/api/v1/risks/{risk.ref}/").json()
    assert now["severity"] == 1
    assert [one["kind"] for one in now["ratings"]] == ["current", "current", "inherent"]
    then = client.get(f"/api/v1/risks/{risk.ref}/", {"as_of": before}).json()
    scores = {one["kind"]: one for one in then["scores"]}
    assert scores["current"]["severity"] == 3
    assert scores["current"]["rater"] == "Stella"
    assert scores["current"]["scheme"] == "dcb0129-1"
    assert scores["current"]["factors"] == {"likelihood": "medium", "consequence": "major"}
    assert set(scores) == {"current", "inherent"}
    for bad in ("yesterday", "2026-01-01T00:00", "2026-99-99T00:00:00Z"):
        answer = client.get(f"/api/v1/risks/{risk.ref}/", {"as_of": bad})
        assert answer.status_code == 400
        assert "offset" in answer.json()["detail"]


@pytest.mark.parametrize(("name", "status"), [("bo", 200), ("cora", 200), ("ana", 403), ("ada", 403), ("eve", 403)])
def test_who_may_ask(client: Client, request: pytest.FixtureRequest, stella: User, name: str, status: int) -> None:
    risk = make_risk(stella)
    _signed_in(client, request.getfixturevalue(name))
    assert client.get("/api/v1/risks/").status_code == status
    assert client.get(f"/api/v1/risks/{risk.ref}/").status_code == status
    assert client.get("/api/v1/risks/RISK-999/").status_code == (404 if status == 200 else 403)


def test_the_schema_has_it(client: Client, stella: User) -> None:
    paths = _signed_in(client, stella).get("/api/schema/?format=json").json()["paths"]
    assert {"/api/v1/risks/", "/api/v1/risks/{ref}/"} <= set(paths)
