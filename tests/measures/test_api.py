"""The API: report, read, and what it answers to what it cannot believe."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from console.people import secret
from console.people.models import ServiceToken, User
from console.waves.models import Wave
from governance.measures.models import Sample
from tests import factories

ADDRESS = "/api/v1/measures/"


@pytest.fixture
def wave(db_ready: None) -> Wave:
    return factories.make_wave()


@pytest.fixture
def token(pipe: User) -> Client:
    """The pipeline's client."""
    text = f"{secret.PREFIX}measures-0123456789"
    scopes = ["waves.report_measures"]
    expires_at = timezone.now() + dt.timedelta(days=1)
    ServiceToken.objects.create(
        user=pipe, name="t", digest=secret.digest(text), hint=text[:8], scopes=scopes, expires_at=expires_at
    )
    return Client(headers={"authorization": f"Bearer {text}"})


def line(**changes: Any) -> dict[str, Any]:
    given = {"measure": "login-success", "wave": "wave-1", "numerator": 9, "denominator": 10}
    return given | {"as_of": timezone.now().isoformat()} | changes


def post(client: Client, body: Any) -> Any:
    sent = body if isinstance(body, str) else json.dumps(body)
    return client.post(ADDRESS, sent, content_type="application/json")


def test_report_and_read(client: Client, token: Client, omar: User, wave: Wave) -> None:
    done = post(token, {"measures": [line()]})
    assert done.status_code == 200
    assert done.json()["kept"] == 1
    assert len(done.json()["receipt"]) == 64
    assert Sample.objects.get().source == "api:pipe"
    client.force_login(omar)
    answer = client.get(ADDRESS, {"wave": "wave-1"})
    found = {item["measure"]: item for item in answer.json()["items"]}
    assert (found["login-success"]["value"], found["login-success"]["state"]) == (0.9, "fresh")
    assert (found["seal-lag"]["value"], found["seal-lag"]["state"]) == (None, "missing")
    assert found["seal-lag"]["missing"]
    assert client.get(ADDRESS).status_code == 200
    assert client.get(ADDRESS, {"wave": "nope"}).status_code == 404


def test_every_bad_line_is_answered(token: Client, wave: Wave) -> None:
    answer = post(token, {"measures": [line(numerator=11), line(), line(measure="what")]})
    assert answer.status_code == 422
    assert answer.json()["error"] == "invalid"
    assert [bad["line"] for bad in answer.json()["lines"]] == [1, 3]
    assert not Sample.objects.exists()


@pytest.mark.parametrize(
    "body",
    ["[]", "{}", '{"measures": {}}', '{"measures": []}', '"x"', '{"measures": [1]}', '{"measures": [{}]}'],
)
def test_what_is_no_report_is_refused(token: Client, wave: Wave, body: str) -> None:
    assert post(token, body).status_code == 422


@pytest.mark.parametrize("body", ['{"measures": [{"value": NaN}]}', '{"measures": [{"value": Infinity}]}', "{"])
def test_what_is_no_json_is_refused(token: Client, wave: Wave, body: str) -> None:
    assert post(token, body).status_code == 400


def test_who_may_do_what(client: Client, bo: User, eve: User, wave: Wave) -> None:
    assert post(client, {"measures": [line()]}).status_code == 401
    client.force_login(bo)
    assert post(client, {"measures": [line()]}).status_code == 403
    client.force_login(eve)
    assert client.get(ADDRESS).status_code == 403
    assert post(client, {"measures": [line()]}).status_code == 403


def test_the_schema_of_lines_is_published(client: Client, db: None) -> None:
    schema = client.get("/api/v1/schemas/measures.json")
    assert schema.status_code == 200
    assert "denominator" in schema.content.decode()
