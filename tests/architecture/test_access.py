"""Every URL × every role. The table is committed; a page that opens to another role shows in the review."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from tests.architecture.baselines import compare
from tests.architecture.entry_points import EntryPoint, entry_points
from tests.architecture.world import CAST, World

#: Open to anybody: they say nothing of anybody.
PUBLIC = {
    "healthz",
    "readyz",
    "people:session",
    "ui:session",
    "api-docs",
    "api-schema",
    "api-schemas",
    "api-published-schema",
    "api-signing-key",
    "gates:verifier",
}
#: What someone who holds no role may see: themselves.
PERSONAL = {
    "home",
    "notices:home",
    "notices:notices",
    "questions:home",
    "questions:questions",
    "people:me",
    "people:session",
    "ui:preferences",
    "ui:session",
    "api-me",
    "audit:find-receipt",
    "audit:receipt",
    # Asks each source what this person may find; a person without roles finds commands about themselves.
    "search:search",
}

#: Lists that show each person what is theirs to see, which for someone without a role is an empty list.
FILTERED = {"cases:home", "cases:queues", "cases:mine", "intake:home", "intake:wave-runs"}
#: Answers callers on the same machine, as this test is; the network needs a token (tests/console).
LOCAL = {"metrics"}


class _Undo(Exception):
    pass


def _status(client: Client, method: str, url: str) -> int:
    """The answer's status; what a POST may have done is undone."""
    found = 0
    try:
        with transaction.atomic():
            # A scheme check would answer before the view does.
            found = getattr(client, method)(url).status_code
            raise _Undo
    except _Undo:
        return found


@pytest.fixture
def table(db: None) -> dict[str, dict[str, str]]:
    """Entry point → role → "GET/POST" statuses."""
    world = World()
    found: dict[str, dict[str, str]] = {}
    for role in ("anonymous", "none", *CAST):
        client = Client(raise_request_exception=True)
        if role != "anonymous":
            client.force_login(world.people[role], backend="console.people.backends.ScopedPermissions")
        for entry in entry_points():
            cache.clear()
            url = world.address(entry)
            statuses = [str(_status(client, method, url)) for method in ("get", "post")]
            found.setdefault(entry.name, {})[role] = "/".join(statuses)
    return found


def _trouble(entry: str, roles: dict[str, str]) -> list[str]:
    """What must never be, whatever the table says."""
    found = [f"{entry} breaks for {role}" for role, statuses in roles.items() if "500" in statuses]
    if entry not in PUBLIC | LOCAL and roles["anonymous"].startswith("2"):
        found.append(f"{entry} is open to anybody")
    if entry not in PUBLIC | LOCAL | PERSONAL | FILTERED and roles["none"].startswith("2"):
        found.append(f"{entry} needs no role")
    if entry.startswith(("cases:case", "cases:reveal", "cases:hide", "api-case")) and roles["administrator"].startswith(
        "2"
    ):
        found.append(f"{entry} shows patients to an administrator")
    return found


def test_the_table_of_entry_points_and_roles(table: dict[str, dict[str, str]]) -> None:
    assert not [trouble for entry, roles in table.items() for trouble in _trouble(entry, roles)]
    compare("access", table)


def test_the_walk_finds_the_entry_points() -> None:
    names = {entry.name for entry in entry_points()}
    assert {"home", "cases:decide", "cases:reveal", "api-feed", "intake:recall", "audit:timeline"} <= names
    assert all(isinstance(entry, EntryPoint) for entry in entry_points())
