"""The pages of gates as the board, the steward and everybody else see them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from console.ui import dates
from governance.gates import actions
from governance.gates.models import Gate, Kind
from governance.gates.templates import How
from tests.gates.stage import Stage
from tests.intake import making


def seen(client: Client, who: Any, path: str, status: int = 200) -> str:
    client.force_login(who)
    response = client.get(path)
    assert response.status_code == status, response.content[:2000]
    return response.content.decode()


def arrive(stage: Stage, criticals: int) -> None:
    """A run with so many critical exceptions, among others."""
    lines = [stage.critical(5000 + number) for number in range(criticals)]
    stage.run("run-2", lines=[*lines, *making.merge_lines(6000, 100)], age=dt.timedelta(0))


@pytest.fixture
def gate(stage: Stage) -> Gate:
    return stage.cutover()


def test_a_red_gate_says_first_what_blocks_and_who_must_act(stage: Stage, gate: Gate, client: Client) -> None:
    arrive(stage, 3)
    page = seen(client, stage.bo, f"/gates/{gate.ref}/")
    first = page.index("Unresolved critical cases: 3. Required: 0.")
    assert "Who must act:</strong> Identity reviewers." in page
    assert first < page.index('id="criteria"')
    assert "/cases/?wave=wave-1&amp;severity=critical&amp;state=unresolved" in page


def test_a_green_gate_can_be_sealed_by_the_steward_alone(stage: Stage, gate: Gate, client: Client) -> None:
    page = seen(client, stage.sam, f"/gates/{gate.ref}/")
    assert "All required criteria pass. Ready to seal." in page
    assert f"/gates/{gate.ref}/seal/" in page
    assert f"/gates/{gate.ref}/seal/" not in seen(client, stage.bo, f"/gates/{gate.ref}/")
    assert f"/gates/{gate.ref}/policy/" not in seen(client, stage.bo, f"/gates/{gate.ref}/")


def test_ballots_are_told_once_the_poll_is_counted(stage: Stage, gate: Gate, client: Client) -> None:
    package = actions.seal(gate=gate, by=stage.sam)
    stage.vote(package, stage.mira, "no-go", rationale="The wards are not ready.")
    mine, others = (seen(client, who, f"/gates/{gate.ref}/") for who in (stage.mira, stage.bo))
    assert "The wards are not ready." in mine
    assert "The wards are not ready." not in others
    assert "Voted" in others
    assert "1 of 4 votes cast" in others
    for who in (stage.bo, stage.nora, stage.paul):
        stage.vote(package, who)
    actions.consolidate(package=package, by=stage.bo)
    told = seen(client, stage.paul, f"/gates/{gate.ref}/")
    assert "The wards are not ready." in told
    assert "Chief medical information officer vetoed: NO-GO." in told


def test_signatures_are_printed_with_name_meaning_and_both_times(stage: Stage, gate: Gate, client: Client) -> None:
    package, _ = stage.gone(gate)
    page = seen(client, stage.lena, f"/gates/{gate.ref}/")
    for signature in package.signatures.all():
        assert signature.meaning in page.replace("&#x27;", "'")
        assert signature.local_time in page
        assert dates.utc(signature.signed_at) in page
    assert "No dissenting votes." in page
    assert f"/gates/{gate.ref}/begin/" in seen(client, stage.omar, f"/gates/{gate.ref}/")


def test_turns_say_why_they_ended(stage: Stage, gate: Gate, client: Client) -> None:
    stage.polled(gate)
    arrive(stage, 1)
    page = seen(client, stage.bo, f"/gates/{gate.ref}/")
    assert "Unresolved critical cases: 1. Required: 0." in page
    assert "1 new critical exception was reported." in page
    assert "Invalidated" in page


def test_the_first_line_is_renewed_and_announced_only_when_it_changes(stage: Stage, gate: Gate, client: Client) -> None:
    client.force_login(stage.bo)
    now = "All required criteria pass. Ready to seal."
    assert "gate-said" not in client.get(f"/gates/{gate.ref}/standing/", {"seen": now}).content.decode()
    arrive(stage, 1)
    changed = client.get(f"/gates/{gate.ref}/standing/", {"seen": now}).content.decode()
    assert 'hx-swap-oob="innerHTML:#gate-said"' in changed
    assert "Unresolved critical cases: 1" in changed


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("critical-open", "Unresolved critical cases: 0."),
        ("reconciled-record", "Reconciled records of record: 100%"),
        ("rollback-rehearsed", "Last qualifying rollback rehearsal: "),
        ("after-scope", "valid GO"),
        ("access-review", "20 of 100"),
        ("downtime-procedures", "is attested by"),
    ],
)
def test_each_kind_of_criterion_has_its_page(stage: Stage, gate: Gate, client: Client, code: str, says: str) -> None:
    actions.seal(gate=gate, by=stage.sam)
    page = seen(client, stage.sam, f"/gates/{gate.ref}/criteria/{code}/")
    assert says in page
    assert "A package was sealed" in page
    assert "Definition" in page


def test_a_retired_criterion_keeps_its_page(stage: Stage, gate: Gate, client: Client) -> None:
    actions.retire_criterion(criterion=stage.criterion(gate, "login-success"), reason="No more.", by=stage.sam)
    assert "was retired" in seen(client, stage.bo, f"/gates/{gate.ref}/criteria/login-success/")


def test_lanes_show_every_phase_in_order(stage: Stage, gate: Gate, client: Client) -> None:
    page = seen(client, stage.bo, "/gates/")
    places = [page.index(f">{phase}<") for phase in ("Scope and mapping", "Cutover readiness")]
    assert places == sorted(places)
    assert "Started. The T-0 check passed." in page
    assert "Access control" in page
    fragment = seen(client, stage.bo, "/waves/wave-1/gates/fragment/")
    assert gate.ref in fragment
    assert "<html" not in fragment
    assert "Create missing gates" not in fragment
    assert "Create missing gates" in seen(client, stage.sam, "/waves/wave-1/gates/")


def test_anyone_who_may_not_see_the_wave_sees_no_gate(stage: Stage, gate: Gate, client: Client) -> None:
    for path in (f"/gates/{gate.ref}/", f"/gates/{gate.ref}/criteria/critical-open/", "/waves/wave-1/gates/"):
        seen(client, stage.ana, path, status=404)
    seen(client, stage.ana, "/gates/", status=403)
    seen(client, stage.bo, "/gates/GATE-999/", status=404)
    seen(client, stage.bo, f"/gates/{gate.ref}/criteria/nothing/", status=404)


def queries(client: Client, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(connection) as found:
        assert client.get(path).status_code == 200
    return len(found)


def test_pages_cost_the_same_however_much_there_is(stage: Stage, gate: Gate, client: Client) -> None:
    paths = (
        f"/gates/{gate.ref}/",
        f"/gates/{gate.ref}/criteria/critical-open/",
        "/gates/",
        f"/gates/{gate.ref}/standing/",
    )
    actions.seal(gate=gate, by=stage.sam)
    client.force_login(stage.bo)
    few = {path: queries(client, path) for path in paths}
    for number in range(4):
        how = How(Kind.ATTESTATION, subject=f"Thing {number} is there.", max_age=3600)
        actions.add_criterion(
            gate=gate, code=f"thing-{number}", title=f"Thing {number}", how=how, reason="More.", by=stage.sam
        )
    stage.say(gate)
    stage.polled(gate)
    more = {path: queries(client, path) for path in paths}
    assert {path: more[path] - few[path] for path in paths if more[path] > few[path] + 1} == {}
