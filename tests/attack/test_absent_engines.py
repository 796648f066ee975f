"""While the cache or the database is away people get a sentence, and the API goes on as far as it can."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import caches
from django.db import InterfaceError, OperationalError
from django.test import Client, override_settings
from redis.exceptions import ConnectionError as RedisGone

from console.people.models import User
from console.web.refusals import as_refusal
from tests.intake.test_api import client_of

pytestmark = pytest.mark.django_db
AWAY = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}}


@pytest.fixture
def no_cache(db: None) -> Iterator[None]:
    """A cache at an address where no one listens."""
    with override_settings(CACHES=AWAY):
        yield
    caches.close_all()


def test_the_api_answers_without_the_cache_that_counts_requests(no_cache: None, pipe: User) -> None:
    assert client_of(pipe, ["cases.read_feed"]).get("/api/v1/decisions/").status_code == 200


def test_signing_in_without_the_cache_is_refused_in_words(no_cache: None, ana: User, client: Client) -> None:
    """Attempts cannot be counted meanwhile: no one gets to guess passwords without limit."""
    answer = client.post("/accounts/login/", {"login": "ana", "password": "wrong"})
    assert (answer.status_code, b"is not responding" in answer.content) == (503, True)


@pytest.mark.parametrize("error", [RedisGone("/var/x.sock"), OperationalError("password=x"), InterfaceError("x")])
def test_what_engines_say_of_their_absence_is_not_passed_on(error: Exception) -> None:
    refusal = as_refusal(error)
    assert refusal is not None
    assert refusal.status == 503
    assert str(error) not in refusal.sentence


def test_a_database_that_is_away_before_any_view_is_reached(
    db: None, ana: User, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The session is looked up in the database before there is a view that could refuse."""
    client.force_login(ana)

    def gone(*_: object) -> None:
        raise OperationalError("no such socket")

    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.load", gone)
    client.raise_request_exception = False
    page, api = client.get("/queues/"), client.get("/api/v1/queues/")
    assert page.status_code == 503
    assert (api.status_code, api.json()["error"]) == (503, "unavailable")
