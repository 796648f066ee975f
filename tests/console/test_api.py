"""The API's own pages: its schema, its documentation, and the JSON Schemas that pipelines rely on."""

from __future__ import annotations

import json

import pytest
from django.conf import settings as configured
from django.test import Client
from drf_spectacular.validation import validate_schema

from console import schemas
from console.capabilities.parts import SCHEMAS
from console.people.models import User
from triage.cases.kinds import KINDS

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana_s(client: Client, ana: User) -> Client:
    client.force_login(ana)
    return client


def test_the_openapi_schema_is_valid_and_knows_tokens(ana_s: Client) -> None:
    answer = ana_s.get("/api/schema/?format=json")
    assert answer.status_code == 200
    schema = json.loads(answer.content)
    validate_schema(schema)
    assert schema["openapi"] == "3.1.1"
    assert schema["components"]["securitySchemes"]["serviceToken"]["scheme"] == "bearer"
    assert "/api/v1/me/" in schema["paths"]


def test_the_documentation_needs_no_inline_script(ana_s: Client) -> None:
    page = ana_s.get("/api/docs/").content.decode()
    assert "<script>" not in page
    assert "https://" not in page.replace("https://github.com/", "")


def test_schemas_are_published_for_everybody(client: Client) -> None:
    names = client.get("/api/v1/schemas/").json()["schemas"]
    assert {"/api/v1/schemas/manifest.json", "/api/v1/schemas/records.json", "/api/v1/schemas/merges.json"} <= set(
        names
    )
    manifest = client.get("/api/v1/schemas/manifest.json").json()
    assert manifest["$schema"] == schemas.DIALECT
    assert client.get("/api/v1/schemas/nothing.json").status_code == 404


def test_the_schemas_in_the_documentation_are_fresh() -> None:
    folder = configured.BASE_DIR / "docs" / "schemas"
    found = {path.stem: path.read_text(encoding="utf-8") for path in folder.glob("*.json")}
    own_kinds = [kind for kind in KINDS if not KINDS.owner(kind.code).startswith("tests.")]
    with KINDS.holding(*own_kinds, only=True):  # the manifest's schema names the files of every kind
        own = {name: schemas.text(name) for name in schemas.names() if not SCHEMAS.owner(name).startswith("tests.")}
    assert found == own, "run manage.py publish_schemas"
