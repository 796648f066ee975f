"""Refusals: one sentence and status as a page, a fragment and JSON; nothing that no database keeps is a 500."""

from __future__ import annotations

import json

import pytest
from django.db import DataError, connection, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import include, path
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from console.errors import Denied, Invalid, Missing, Refusal, Stale
from console.people.models import User

KINDS = {"denied": Denied, "missing": Missing, "stale": Stale, "invalid": Invalid, "refused": Refusal}


def refuse(request: HttpRequest, kind: str) -> HttpResponse:
    raise KINDS[kind](f"A sentence about {kind}.")


def overflow(request: HttpRequest) -> HttpResponse:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT %s::int", ["9" * 30])
    raise AssertionError


def nul(request: HttpRequest) -> HttpResponse:
    User.objects.filter(username="a\0b").exists()
    raise AssertionError


def fault(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("born 1984-03-12")


class Api(APIView):
    permission_classes = ()

    def get(self, request: Request, kind: str) -> Response:
        if kind in KINDS:
            raise KINDS[kind](f"A sentence about {kind}.", field="x")
        if kind == "overflow":
            raise DataError
        if kind == "nul":
            raise ValueError("A string literal cannot contain NUL (0x00) characters.")
        if kind == "form":
            raise serializers.ValidationError({"name": ["Too long."]})
        raise Http404

    def post(self, request: Request, kind: str) -> Response:
        return Response(request.data)


urlpatterns = [
    path("try/overflow/", overflow),
    path("try/nul/", nul),
    path("try/fault/", fault),
    path("try/<str:kind>/", refuse),
    path("api/v1/try/<str:kind>/", Api.as_view()),
    path("", include("console.urls")),
]
handler400, handler403 = "console.web.refusals.bad_request", "console.web.refusals.denied"
handler404, handler500 = "console.web.refusals.missing", "console.web.refusals.broken"

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

STATUS = [("denied", 403), ("missing", 404), ("stale", 409), ("invalid", 422), ("refused", 400)]


@pytest.fixture
def ana_s(client: Client, ana: User) -> Client:
    client.force_login(ana)
    return client


@pytest.mark.parametrize(("kind", "status"), STATUS)
def test_a_page_shows_the_sentence(ana_s: Client, kind: str, status: int) -> None:
    answer = ana_s.get(f"/try/{kind}/")
    assert answer.status_code == status
    assert f"A sentence about {kind}." in answer.content.decode()
    assert "<html" in answer.content.decode()


@pytest.mark.parametrize(("kind", "status"), STATUS)
def test_a_fragment_puts_the_sentence_among_the_messages(ana_s: Client, kind: str, status: int) -> None:
    answer = ana_s.get(f"/try/{kind}/", headers={"HX-Request": "true"})
    assert answer.status_code == status
    assert answer["HX-Retarget"] == "#flashes"
    assert f"A sentence about {kind}." in answer.content.decode()
    assert "<html" not in answer.content.decode()


@pytest.mark.parametrize(("kind", "status"), STATUS)
def test_the_api_answers_in_json(client: Client, kind: str, status: int) -> None:
    answer = client.get(f"/api/v1/try/{kind}/")
    assert answer.status_code == status
    assert answer.json() == {"error": kind, "detail": f"A sentence about {kind}.", "field": "x"}


@pytest.mark.parametrize("page", ["/try/overflow/", "/try/nul/"])
def test_a_value_that_no_database_keeps_is_422(ana_s: Client, page: str) -> None:
    answer = ana_s.get(page)
    assert answer.status_code == 422
    assert "cannot be stored" in answer.content.decode()


@pytest.mark.parametrize("kind", ["overflow", "nul"])
def test_so_it_is_for_the_api(client: Client, kind: str) -> None:
    answer = client.get(f"/api/v1/try/{kind}/")
    assert answer.status_code == 422
    assert answer.json()["error"] == "invalid"


@pytest.mark.parametrize("address", ["/people/%00/", "/people/?search=%00", "/api/v1/me/?x=a%00b", "/people/?a%00=1"])
def test_a_nul_byte_in_an_address_is_400(ana_s: Client, address: str) -> None:
    assert ana_s.get(address).status_code == 400


def test_a_nul_byte_in_a_form_is_no_fault_of_ours(client: Client, ada: User) -> None:
    client.force_login(ada)
    answer = client.post("/people/invite/", {"username": "a\0b", "name": "x", "email": "a@b.test"})
    assert answer.status_code == 422


def test_nothing_there_is_404_for_pages_and_api(client: Client, ana_s: Client) -> None:
    page = ana_s.get("/no/such/page/")
    assert page.status_code == 404
    assert "does not exist or has been removed" in page.content.decode()
    assert ana_s.get("/api/v1/nowhere/").json()["error"] == "missing"
    assert client.get("/api/v1/try/404/").json() == {"error": "missing", "detail": "Not found."}


def test_the_api_s_other_errors_keep_the_same_form(client: Client) -> None:
    form = client.get("/api/v1/try/form/")
    assert form.status_code == 422
    assert form.json() == {
        "error": "invalid",
        "detail": "Some fields are not valid.",
        "fields": {"name": ["Too long."]},
    }
    assert client.delete("/api/v1/try/x/").json()["error"] == "method"
    broken = client.post("/api/v1/try/x/", "{", content_type="application/json")
    assert (broken.status_code, broken.json()["error"]) == (400, "malformed")
    assert client.post("/api/v1/try/x/", "<a/>", content_type="text/xml").json()["error"] == "media_type"
    assert client.get("/api/v1/me/").json()["error"] == "signed_out"


@pytest.mark.parametrize("address", ["/try/fault/", "/api/v1/fault/"])
def test_a_fault_of_ours_tells_nothing_but_its_correlation_id(ana: User, address: str) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(ana)
    answer = client.get("/try/fault/", headers={"X-Correlation-ID": "correlation-1"})
    assert answer.status_code == 500
    assert b"1984" not in answer.content
    assert b"RuntimeError" not in answer.content
    assert b"correlation-1" in answer.content


def test_a_form_without_its_token_is_refused_in_plain_words(ana: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(ana)
    answer = client.post("/ui/preferences/", {"theme": "dark"})
    assert answer.status_code == 403
    assert "earlier session" in answer.content.decode()


def test_a_body_that_is_too_large_is_413(ana_s: Client) -> None:
    with override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=100):
        assert ana_s.post("/ui/preferences/", {"theme": "x" * 1000}).status_code == 413


def test_an_address_of_the_api_without_its_slash_keeps_its_json(client: Client) -> None:
    assert json.loads(client.get("/api/v1/me", follow=True).content)["error"] == "signed_out"
