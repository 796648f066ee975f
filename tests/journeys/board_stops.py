"""Every page of governance in the demonstration, as the person who goes there sees it."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.journeys.house import House
from tests.journeys.stops import Stop

WAVE = "wave-1-outpatients"
OTHER = "wave-2-maternity"


def quiet(page: Page) -> None:
    """Wait until what the page fetches on its own is there."""
    page.wait_for_load_state("networkidle")


def board_stops(house: House) -> list[Stop]:
    """All of them, with the addresses they have in this house."""
    return [*_watching(house), *_governing(house), *_preparing(house), *_operating(house)]


def _gate(house: House, phase: str, wave: str = WAVE) -> str:
    found = house.one(
        "SELECT g.id FROM gates_gate g JOIN waves_wave w ON w.id = g.wave_id WHERE w.slug = %s AND g.phase = %s",
        wave,
        phase,
    )
    return f"/gates/GATE-{found}/"


def _risk(house: House, code: str) -> str:
    found = house.one("SELECT id FROM risks_risk WHERE split_part(template, '/', 2) = %s", code)
    return f"/risks/RISK-{found}/"


def _watching(house: House) -> list[Stop]:
    return [
        Stop("home-board", "bo", "/", then=quiet),
        Stop("wave", "bo", f"/waves/{WAVE}/", then=quiet),
        Stop("measures", "bo", "/measures/"),
        Stop("measures-of-a-wave", "bo", f"/measures/?wave={WAVE}"),
        Stop("measures-of-an-empty-wave", "bo", f"/measures/?wave={OTHER}"),
        Stop("measure-count", "bo", f"/measures/critical-open/?wave={WAVE}"),
        Stop("measure-by-part", "bo", f"/measures/reconciliation/?wave={WAVE}"),
        Stop("measure-trend", "bo", f"/measures/chart-open-p95/?wave={WAVE}"),
        Stop("measure-event", "bo", f"/measures/restore-test/?wave={WAVE}"),
        Stop("measure-not-yet", "bo", f"/measures/mapping-coverage/?wave={WAVE}"),
        Stop("war-room", "bo", f"/waves/{WAVE}/war-room/", then=quiet),
        Stop("war-room-empty", "bo", f"/waves/{OTHER}/war-room/", then=quiet),
        Stop("notices", "bo", "/notices/"),
        Stop("notices-few", "theo", "/notices/"),
        Stop("notices-none", "ana", "/notices/"),
    ]


def _governing(house: House) -> list[Stop]:
    cutover = _gate(house, "cutover")
    return [
        Stop("gates", "bo", "/gates/"),
        Stop("lanes", "bo", f"/waves/{WAVE}/gates/"),
        Stop("gate", "bo", cutover),
        Stop("gate-started", "bo", _gate(house, "validation")),
        Stop("gate-with-waiver", "bo", _gate(house, "ingestion")),
        Stop("gate-without-board", "bo", _gate(house, "decommissioning")),
        Stop("gate-of-another-wave", "bo", _gate(house, "scope", OTHER)),
        Stop("criterion", "bo", f"{cutover}criteria/critical-open/"),
        Stop("criterion-of-a-window", "bo", f"{cutover}criteria/chart-open-p95/"),
        Stop("sign-what-has-ended", "mira", f"{cutover}sign/"),
        Stop("decide-what-has-ended", "bo", f"{cutover}decide/"),
        Stop("pack", "bo", f"{cutover}pack/"),
        Stop("pack-started", "bo", f"{_gate(house, 'validation')}pack/"),
        Stop("no-such-gate", "bo", "/gates/GATE-999999/", status=404),
        Stop("gates-not-allowed", "ana", "/gates/", status=403),
    ]


def _preparing(house: House) -> list[Stop]:
    cutover, scope = _gate(house, "cutover"), _gate(house, "scope", OTHER)
    accepted, due = _risk(house, "safety-events"), _risk(house, "residency")
    return [
        Stop("seal", "sam", f"{cutover}seal/"),
        Stop("gate-steward", "sam", cutover),
        Stop("reword", "sam", f"{cutover}criteria/critical-open/reword/"),
        Stop("change", "sam", f"{cutover}criteria/reconciled-record/change/"),
        Stop("retire", "sam", f"{cutover}criteria/restore-test/retire/"),
        Stop("add-criterion", "sam", f"{cutover}criteria/add/"),
        Stop("board", "sam", f"{cutover}policy/"),
        Stop("attest", "sam", f"{scope}criteria/mapping-reviewed/attest/"),
        Stop("risks", "bo", "/risks/"),
        Stop("risks-nothing-fits", "bo", "/risks/?severity=4&domain=technical"),
        Stop("heat-map", "bo", "/risks/heat-map/"),
        Stop("risk-accepted", "bo", accepted),
        Stop("risk-due", "bo", due),
        Stop("risk-steward", "sam", due),
        Stop("risk-add", "sam", "/risks/add/"),
        Stop("risk-edit", "sam", f"{due}edit/"),
        Stop("risk-rate", "sam", f"{due}rate/"),
        Stop("risk-close", "sam", f"{due}close/"),
        Stop("risk-ask", "sam", f"{due}acceptances/ask/"),
        Stop("measure-define", "sam", "/measures/define/"),
    ]


def _operating(house: House) -> list[Stop]:
    cutover = _gate(house, "cutover")
    return [
        Stop("rollback", "bo", f"/waves/{WAVE}/rollback/", then=quiet),
        Stop("rollback-none", "bo", f"/waves/{OTHER}/rollback/", then=quiet),
        Stop("rollback-write", "omar", f"/waves/{WAVE}/rollback/write/"),
        Stop("rollback-rehearse", "omar", f"/waves/{WAVE}/rollback/rehearsals/record/"),
        Stop("rollback-version", "omar", f"/waves/{WAVE}/rollback/versions/1/"),
        Stop("control-test", "omar", f"{cutover}criteria/access-review/control-test/"),
        Stop("home-operator", "omar", "/", then=quiet),
    ]
