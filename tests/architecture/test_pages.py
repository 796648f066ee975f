"""What every page costs in queries, kept as a baseline; and that whatever shows a patient is booked first."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from console.audit import log
from console.audit.models import LogEntry
from console.people.permissions import forget
from tests.architecture.baselines import compare
from tests.architecture.doors import Door, doors
from tests.architecture.world import World

#: Who looks at pages in the count: between them they may see all of them.
LOOKERS = ("reviewer", "lead", "operator", "compliance", "steward", "board", "administrator")
#: GET doors whose answer holds something of a patient, masked or not.
PATIENT_DOORS = {"cases:case", "api-case", "cases:cases", "cases:queue", "api-cases"}
#: Doors about one case that show nothing of it: they take an order and send the browser back to the page.
ORDERS = {
    "api-claim", "api-decide", "cases:claim", "cases:decide", "cases:give_back", "cases:renew", "cases:resume",
    "cases:reverse", "cases:take_away", "cases:undo", "merges:hide", "merges:reveal",
}  # fmt: skip


def _client(world: World, role: str) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(world.people[role], backend="console.people.backends.ScopedPermissions")
    return client


def _warm(world: World) -> None:
    """What a process asks once and keeps: content types, the state of the migrations."""
    for model in apps.get_models():
        ContentType.objects.get_for_model(model)
    _client(world, "operator").get("/readyz")


def test_query_counts(db: None) -> None:
    world = World()
    found: dict[str, dict[str, int]] = {}
    _warm(world)
    for role in LOOKERS:
        client = _client(world, role)
        client.get("/me/")  # the session's first request does things that no later one does
        for door in doors():
            cache.clear()
            forget(world.people[role])
            with CaptureQueriesContext(
                connection,
            ) as queries:
                answer = client.get(world.address(door))
            if answer.status_code == 200:
                found.setdefault(door.name, {})[role] = len(queries)
    compare("query_counts", found)


def test_every_door_about_a_case_is_known() -> None:
    about_cases = {door.name for door in doors() if "ref" in door.parameters and not _is_governance(door)}
    assert about_cases <= PATIENT_DOORS | ORDERS, "Does it show a patient? Then it must be booked: PATIENT_DOORS."


def _is_governance(door: Door) -> bool:
    """Gates and risks have names too (``GATE-3``), and nothing of a patient: they know cases by name alone."""
    return any(part in door.route for part in ("gates/<", "risks/<"))


@pytest.mark.parametrize("name", sorted(PATIENT_DOORS))
def test_a_look_at_a_patient_is_booked(db: None, name: str) -> None:
    world = World()
    client = _client(world, "reviewer")
    before = LogEntry.objects.filter(actor=world.people["reviewer"]).count()
    answer = client.get(world.address(next(door for door in doors() if door.name == name)))
    assert answer.status_code == 200
    assert LogEntry.objects.filter(actor=world.people["reviewer"]).count() > before


@pytest.mark.parametrize("name", sorted(PATIENT_DOORS))
def test_what_cannot_be_booked_is_not_shown(db: None, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    client = _client(world, "reviewer")

    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("the book is out of reach")

    monkeypatch.setattr(log, "record", broken)
    answer = client.get(world.address(next(door for door in doors() if door.name == name)))
    assert answer.status_code == 500
    assert b"Okello" not in answer.content
    assert world.case.ref.encode() not in answer.content
