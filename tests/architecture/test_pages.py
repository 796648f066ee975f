"""What every page costs in queries, kept as a baseline; and that whatever shows a patient is logged first."""

from __future__ import annotations

from collections import Counter

import pytest
import time_machine
from django.utils import timezone

from console.audit import log
from console.audit.models import LogEntry
from console.people.middleware import STEP_SECONDS
from tests.architecture import baselines
from tests.architecture.baselines import compare
from tests.architecture.entry_points import EntryPoint, entry_points
from tests.architecture.queries import counted, more
from tests.architecture.tour import Counts, client_of, count, warm
from tests.architecture.world import World

#: GET entry_points whose answer holds something of a patient, masked or not.
PATIENT_ENTRY_POINTS = {"cases:case", "api-case", "cases:cases", "cases:queue", "api-cases", "comments:comments"}
#: Entry points about one case that show nothing of it: they take an order and send the browser back to the page.
ORDERS = {
    "api-claim", "api-decide", "api-hand-over", "cases:claim", "cases:decide", "cases:release_claim", "cases:renew",
    "cases:resume", "cases:reverse", "cases:remove_claim", "cases:hand_over", "cases:undo",
    "cases:hide", "cases:reveal",
    # They lead to a case, or claim it without showing it.
    "cases:ahead", "cases:previous", "cases:following",
    "comments:withdraw",
    # Names of colleagues.
    "comments:people", "questions:addressees",
}  # fmt: skip


def test_query_counts(db: None) -> None:
    world = World()
    warm(world)
    # Every few seconds of a session one page notes its activity: the clock stands still, or a slow machine pays more.
    with time_machine.travel(timezone.now(), tick=False):
        counts = count(world)
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
    warm(world)
    client = client_of(world, "lead")
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


def test_every_entry_point_about_a_case_is_known() -> None:
    about_cases = {entry.name for entry in entry_points() if "ref" in entry.parameters and not _is_governance(entry)}
    assert about_cases <= PATIENT_ENTRY_POINTS | ORDERS, "If it shows a patient, it must be logged."


def _is_governance(entry: EntryPoint) -> bool:
    """Gates and risks have names too (``GATE-3``), and nothing of a patient: they know cases by name alone."""
    return any(part in entry.route for part in ("gates/<", "risks/<"))


@pytest.mark.parametrize("name", sorted(PATIENT_ENTRY_POINTS))
def test_a_look_at_a_patient_is_logged(db: None, name: str) -> None:
    world = World()
    client = client_of(world, "reviewer")
    before = LogEntry.objects.filter(actor=world.people["reviewer"]).count()
    answer = client.get(world.address(next(entry for entry in entry_points() if entry.name == name)))
    assert answer.status_code == 200
    assert LogEntry.objects.filter(actor=world.people["reviewer"]).count() > before


@pytest.mark.parametrize("name", sorted(PATIENT_ENTRY_POINTS))
def test_what_cannot_be_logged_is_not_shown(db: None, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    client = client_of(world, "reviewer")

    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("the audit log is out of reach")

    monkeypatch.setattr(log, "record", broken)
    answer = client.get(world.address(next(entry for entry in entry_points() if entry.name == name)))
    assert answer.status_code == 500
    assert b"Okello" not in answer.content
    assert world.case.ref.encode() not in answer.content
