"""What monitors ask."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client

from console import health
from console.capabilities.parts import GAUGES, Gauge
from console.people.models import User
from tests import factories

pytestmark = pytest.mark.django_db


def test_the_process_is_alive_without_asking_anything(client: Client, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(0):
        assert client.get("/healthz").json() == {"status": "alive"}


def test_it_is_ready_when_everything_is(client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200, answer.content
    assert answer.json()["failing"] == []


def test_a_lost_redis_is_named_and_nothing_told_about_it(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(*args: object, **kwargs: object) -> None:
        raise ConnectionError("redis://:password@/somewhere")

    monkeypatch.setattr(cache, "set", lost)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["failing"] == ["redis"]
    assert b"password" not in answer.content


def test_a_migration_that_waits_is_named(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_migrated", [])
    monkeypatch.setattr("django.db.migrations.executor.MigrationExecutor.migration_plan", lambda *_: [1, 2])
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["migrations"] == "2 waiting"


def test_metrics_count_requests_by_the_name_of_their_view(client: Client, ana: User) -> None:
    client.force_login(ana)
    client.get("/me/")
    figure = Gauge("concord_test_figure", "A figure.", lambda: [(("merges",), 3.0)], labels=("queue",))
    with GAUGES.holding(figure):
        text = client.get("/metrics").content.decode()
    assert 'concord_requests_total{door="people:me",method="GET",status="200"}' in text
    assert 'concord_request_seconds_count{door="people:me"}' in text
    assert 'concord_test_figure{queue="merges"} 3.0' in text


def test_metrics_tell_how_deep_the_queues_are(client: Client) -> None:
    factories.make_case(queue=factories.make_queue("merges"))
    assert 'concord_cases{queue="merges",state="open"} 1.0' in client.get("/metrics").content.decode()


@pytest.mark.parametrize(
    ("headers", "address", "status"),
    [
        ({}, "127.0.0.1", 200),
        ({}, "10.0.0.9", 403),
        ({"X-Forwarded-For": "10.0.0.9"}, "127.0.0.1", 403),
        ({"Authorization": "Bearer wrong"}, "10.0.0.9", 403),
        ({"Authorization": "Bearer secret"}, "10.0.0.9", 200),
    ],
)
def test_metrics_are_for_this_machine_or_a_token(
    client: Client, settings: object, headers: dict[str, str], address: str, status: int
) -> None:
    settings.METRICS_TOKEN = "secret"
    assert client.get("/metrics", headers=headers, REMOTE_ADDR=address).status_code == status


def test_behind_a_proxy_no_one_passes_for_this_machine(client: Client, settings: object) -> None:
    settings.BEHIND_PROXY = True
    assert client.get("/metrics").status_code == 403
