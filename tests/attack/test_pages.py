"""Pages under attack: what stays in a browser when the session is over."""

from __future__ import annotations

import pytest
from django.test import Client

from console.people.models import User

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "path", ["/", "/runs/", "/sources/", "/me/", "/book/", "/cases/", "/nothing/here/", "/api/v1/runs/"]
)
def test_nothing_for_those_signed_in_is_kept_by_a_cache(
    db: None, omar: User, cora: User, client: Client, path: str
) -> None:
    client.force_login(cora if path == "/book/" else omar)
    assert "no-store" in client.get(path).headers["Cache-Control"]
