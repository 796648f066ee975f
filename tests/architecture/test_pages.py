"""What every page costs in queries, kept as a baseline; and that whatever shows a patient is booked first."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import pytest
import time_machine
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from console.audit import log
from console.audit.models import LogEntry
from console.people.middleware import STEP_SECONDS
from console.people.permissions import forget
from tests.architecture import baselines
from tests.architecture.baselines import compare
from tests.architecture.doors import Door, doors
from tests.architecture.queries import Shapes, counted, listed, more, most
from tests.architecture.world import World

#: Who looks at pages in the count: between them they may see all of them.
LOOKERS = ("reviewer", "lead", "operator", "compliance", "steward", "board", "administrator")
#: GET doors whose answer holds something of a patient, masked or not.
PATIENT_DOORS = {"cases:case", "api-case", "cases:cases", "cases:queue", "api-cases"}
#: Doors about one case that show nothing of it: they take an order and send the browser back to the page.
ORDERS = {
    "api-claim", "api-decide", "cases:claim", "cases:decide", "cases:release_claim", "cases:renew", "cases:resume",
    "cases:reverse", "cases:remove_claim", "cases:undo", "cases:hide", "cases:reveal",
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


@dataclass
class Counts:
    """What every page cost each role, by shape of query."""

    found: dict[str, dict[str, Shapes]]

    def totals(self) -> dict[str, dict[str, int]]:
        """Return page → role → queries."""
        return {page: {role: shapes.total() for role, shapes in roles.items()} for page, roles in self.found.items()}

    def shapes(self) -> dict[str, dict[str, int]]:
        """Return page → shape → how often it is sent, for the role with the most of it."""
        return {page: dict(most(roles.values())) for page, roles in self.found.items()}

    def explain(self, page: str, known: dict[str, int] | None, found: dict[str, int] | None) -> str:
        """Say of one page which role pays how many queries more or less, and for which shapes."""
        if known is None or found is None:
            return f"{page} " + ("is not in the baseline" if known is None else "answers no role any longer")
        before: Shapes = Counter(baselines.read("query_shapes").get(page, {}))
        lines = []
        for role in sorted({*known, *found}):
            if known.get(role) != found.get(role):
                lines.append(f"{page} for {role}: {known.get(role)} in the baseline, {found.get(role)} found")
                lines.append(listed(more(self.found[page].get(role, Counter()), before)))
        return "\n".join(lines)


def _count(world: World) -> Counts:
    counts = Counts({})
    for role in LOOKERS:
        client = _client(world, role)
        client.get("/me/")  # the session's first request does things that no later one does
        for door in doors():
            cache.clear()
            forget(world.people[role])
            with counted() as shapes:
                answer = client.get(world.address(door))
            if answer.status_code == 200:
                counts.found.setdefault(door.name, {})[role] = shapes
    return counts


def test_query_counts(db: None) -> None:
    world = World()
    _warm(world)
    # Every few seconds of a session one page notes its activity: the clock stands still, or a slow machine pays more.
    with time_machine.travel(timezone.now(), tick=False):
        counts = _count(world)
    if baselines.WRITING:
        baselines.write("query_shapes", counts.shapes())
    compare("query_counts", counts.totals(), counts.explain)


def test_a_baseline_says_what_differs() -> None:
    lead, board = Counter({"SELECT cases_case": 2, "SELECT people_user": 1}), Counter({"SELECT waves_wave": 1})
    page = {"lead": lead, "board": board}
    counts = Counts({"cases:mine": page})
    said = counts.explain("cases:mine", {"lead": 2, "board": 1}, counts.totals()["cases:mine"])
    assert said.startswith("cases:mine for lead: 2 in the baseline, 3 found")
    assert "+2  SELECT cases_case" in said
    assert "board" not in said
    assert "not in the baseline" in counts.explain("cases:new", None, {"lead": 1})


def test_a_slow_tour_costs_no_more(db: None) -> None:
    world = World()
    _warm(world)
    client = _client(world, "lead")
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        client.get("/me/")
        client.get("/me/")
        with counted() as quick:
            client.get("/me/")
        clock.shift(STEP_SECONDS)
        with counted() as late:
            client.get("/me/")
    assert more(late, quick), "A session's activity is no longer noted: the frozen clock above has lost its reason."


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
