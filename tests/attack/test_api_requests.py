"""Requests to the API that say two things, or ask for what it does not have: a 400 that names them, never a guess."""

from __future__ import annotations

import json

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import get_resolver, reverse
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.views import APIView

from console.people.models import User
from console.web.api_view import ApiView
from tests import factories
from tests.architecture.entry_points import entry_points
from tests.intake.test_api import client_of

pytestmark = pytest.mark.django_db

POSTED = {
    "/api/v1/decisions/acks/": '{{"through": 1, {}}}',
    "/api/v1/measures/": '{{"measures": [], {}}}',
    "/api/v1/cases/{}/decisions/": '{{"verdict": "LINK", "seen": 1, {}}}',
}
SCOPES = ["cases.acknowledge_feed", "cases.read_feed", "waves.report_measures"]


def endpoints() -> dict[str, type[APIView]]:
    found = {}
    for entry in entry_points():
        if entry.route.startswith("api/"):
            arguments = {name: {"pk": 1, "ref": "EX-1"}.get(name, "x") for name in entry.parameters}
            address = reverse(entry.name, kwargs=arguments)
            found[address] = get_resolver().resolve(address).func.cls  # type: ignore[attr-defined]
    return found


def test_every_endpoint_checks_its_parameters() -> None:
    views = [view for view in endpoints().values() if not issubclass(view, SpectacularSwaggerSplitView)]
    assert len(views) > 15
    assert [view.__name__ for view in views if not issubclass(view, ApiView)] == []


def test_an_unknown_parameter_is_named_at_every_endpoint(ada: User) -> None:
    ada.user_permissions.set(Permission.objects.all())
    client, asked = Client(headers={"accept": "application/json"}), 0
    client.force_login(ada)
    for address, view in endpoints().items():
        for method in ("get", "post"):
            if not hasattr(view, method) or not issubclass(view, ApiView):
                continue
            answer = client.generic(method.upper(), f"{address}?sevrity=high", b"{}", content_type="application/json")
            if answer.status_code in {403, 404, 415}:
                continue  # not for people, or a name that nothing bears
            asked += 1
            assert (answer.status_code, answer.json()["error"]) == (400, "bad_parameter"), address
            assert "“sevrity”" in answer.json()["detail"]
    assert asked > 8


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("limit=abc", "“limit” must be a whole number from 1 to 500"),
        ("limit=", "“limit”"),
        ("limit=0", "“limit”"),
        ("limit=501", "“limit”"),
        ("limit=-1", "“limit”"),
        ("limit=1e2", "“limit”"),
        ("limit=%C2%B2", "“limit”"),
        ("limit=1&limit=2", "given 2 times"),
        ("after=x", "“after”"),
        ("after=99999999999999999999999", "“after”"),
        ("Limit=1", "“Limit”"),
        ("before=1", "“before”"),
        ("wave=1&limit=1&x%00y=1", "NUL"),
        ("=1", "“”"),
    ],
)
def test_values_that_make_no_sense_are_named(pipe: User, query: str, said: str) -> None:
    answer = client_of(pipe, SCOPES).get(f"/api/v1/decisions/?{query}")
    assert answer.status_code == 400, answer.content
    assert said in answer.json()["detail"]


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("/api/v1/runs/?state=lost", "state"),
        ("/api/v1/cases/?severity=grave", "severity"),
        ("/api/v1/cases/?overdue=perhaps", "overdue"),
        ("/api/v1/cases/?sort=colour", "sort"),
        ("/api/v1/risks/?domain=weather", "domain"),
        ("/api/v1/risks/?overdue=2", "overdue"),
    ],
)
def test_words_that_no_list_knows_are_named(omar: User, lena: User, bo: User, address: str, name: str) -> None:
    client = Client()
    client.force_login({"runs": omar, "cases": lena, "risks": bo}[address.split("/")[3]])
    answer = client.get(address)
    assert answer.status_code == 400, answer.content
    assert f"“{name}” must be" in answer.json()["detail"]


def test_a_cursor_that_no_list_wrote_does_not_start_from_the_top(omar: User, client: Client) -> None:
    client.force_login(omar)
    assert client.get("/api/v1/runs/?after=x").status_code == 400


def test_pages_pass_over_what_they_do_not_know(omar: User, client: Client) -> None:
    client.force_login(omar)
    assert client.get("/runs/?sevrity=high&after=x&limit=abc").status_code == 200


@pytest.mark.parametrize("address", POSTED)
@pytest.mark.parametrize(
    ("inside", "said"),
    [
        ('"x": 1, "x": 2', "the key “x” twice"),
        ('"x": {"y": 1, "y": 1}', "the key “y” twice"),
        ('"x": [NaN]', "NaN"),
        ('"x": 1e999', "too large"),
        ('"x": "\\ud800"', "half of a character"),
        ('"x": ' + "[" * 80 + "]" * 80, "deep"),
    ],
)
def test_a_body_that_says_two_things_is_refused(pipe: User, ana: User, address: str, inside: str, said: str) -> None:
    client = client_of(pipe, SCOPES)
    if "cases/" in address:
        client = Client()
        client.force_login(ana)
    answer = client.post(
        address.format(factories.make_case().ref), POSTED[address].format(inside), content_type="application/json"
    )
    assert (answer.status_code, answer.json()["error"]) == (400, "malformed"), answer.content
    assert said in answer.json()["detail"]


@pytest.mark.parametrize("key", ["verdict", "seen", "note"])
def test_a_decision_with_a_key_twice_is_not_the_last_one(ana: User, key: str, client: Client) -> None:
    client.force_login(ana)
    body = '{"verdict": "LINK", "seen": 1, "note": "", ' + json.dumps(key) + ": 1}"
    answer = client.post(f"/api/v1/cases/{factories.make_case().ref}/decisions/", body, content_type="application/json")
    assert answer.status_code == 400
    assert f"“{key}” twice" in answer.json()["detail"]
