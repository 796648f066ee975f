"""Plain sessions of the three database roles on a database of the test's own."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import psycopg2
import pytest
from psycopg2.extensions import connection as Connection

from console.audit import log
from tests import factories

URLS = {"app": "DATABASE_URL", "owner": "DATABASE_OWNER_URL", "admin": "DATABASE_ADMIN_URL"}


@pytest.fixture
def session(committed_db: str) -> Iterator[Callable[[str], Connection]]:
    """Opens a session as ``app``, ``owner`` or ``admin``, in autocommit."""
    opened: list[Connection] = []

    def open_session(role: str) -> Connection:
        connection = psycopg2.connect(os.environ[URLS[role]])
        connection.autocommit = True
        opened.append(connection)
        return connection

    yield open_session
    for connection in opened:
        connection.close()


@pytest.fixture
def written(committed_db: str) -> dict[str, Any]:
    """A book with something in it: an action by Ana, with its row change."""
    ana = factories.make_user("ana", role="reviewer")
    with log.transaction(by=ana, purpose="test"):
        receipt = log.record("session.signed_in", subject=ana, by=ana, facts={"n": 1})
        ana.time_zone = "Africa/Kampala"
        ana.save()
    return {"receipt": receipt, "user": ana.pk}
