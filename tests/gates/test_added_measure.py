"""A measure that an administrator adds has its title, unit and noun wherever it is read: no table knows it by name."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from console.notices.models import Notice
from governance.gates import actions
from governance.gates.actions import Asked
from governance.gates.models import Kind
from governance.gates.templates import How
from governance.measures import actions as measures
from governance.measures.comparison import Comparison
from governance.risks.actions import maintenance
from governance.rollback import actions as rollback
from governance.rollback.models import Alarm
from governance.rollback.values import TriggerDraft
from tests.gates.stage import HOUR, TWO, Stage

NONE = dt.timedelta(0)


def add(stage: Stage, code: str, title: str, unit: str, noun: str = "") -> None:
    measures.define_measure(
        code=code, title=title, unit=unit, noun=noun, direction="lower", fresh_seconds=3600, by=stage.omar
    )


@pytest.fixture
def added(stage: Stage) -> Stage:
    add(stage, "theatre-delay", "Delay of operating lists", "min")
    add(stage, "beds-unmapped", "Beds not mapped", "count", "beds")
    stage.report("theatre-delay", age=NONE, value=7.1234)
    stage.report("beds-unmapped", age=NONE, value=3)
    return stage


def shown(stage: Stage, path: str) -> str:
    client = Client()
    client.force_login(stage.sam)
    page: str = client.get(path).content.decode()
    return page


def test_on_a_gate_its_pack_and_its_conditions(added: Stage) -> None:
    gate = added.gate("scope")
    window = {"max_age": 3600, "interval": 3600, "consecutive": 1}
    bound = {"operator": Comparison.LE, "threshold": Decimal("2.5")}
    how = How(Kind.WINDOW, "theatre-delay", blocking=False, **bound, **window)
    actions.add_criterion(gate=gate, code="theatre", title="Lists start in time", how=how, reason="New.", by=added.sam)
    added.say(gate)
    sentence = "Delay of operating lists: worst 7.13 min in the last 1 hour"
    for path in (f"/gates/{gate.ref}/", f"/gates/{gate.ref}/criteria/theatre/"):
        page = shown(added, path)
        assert "at most 2.5 min" in page
        assert "7.13 min" in page
    package = actions.seal(gate=gate, by=added.sam)
    assert sentence in package.document
    due = timezone.now() + HOUR
    asked = [Asked("Beds are mapped", added.omar, due, "beds-unmapped", Comparison.LE.value, Decimal(0))]
    added.vote(package, added.nora, "go-with-conditions", conditions=asked)
    for person in (added.bo, added.mira, added.paul):
        added.vote(package, person)
    actions.consolidate(package=package, by=added.bo)
    assert "Beds not mapped: at most 0" in shown(added, f"/gates/{gate.ref}/")
    assert "at most 2.5 min" in shown(added, f"/gates/{gate.ref}/pack/")


def test_on_a_rollback_plan_and_in_its_alarm(added: Stage) -> None:
    trigger = TriggerDraft("beds", "Patients have no bed", "beds-unmapped", "", "ge", Decimal(2))
    now = timezone.now().replace(microsecond=0)
    added.write_plan(triggers=(trigger,), window_start=now - HOUR, window_end=now + 8 * HOUR)
    assert "at or above 2 beds" in shown(added, "/waves/wave-1/rollback/")
    rollback.sweep(by=added.sam)
    said = "Beds not mapped: 3 beds; it fires at or above 2 beds."
    assert Alarm.objects.get().observed == said
    assert said.rstrip(".") in Notice.objects.filter(to=added.bo).latest("id").sentence


def test_on_a_risk_and_in_its_notice(added: Stage) -> None:
    bound = {"detection_measure": "beds-unmapped", "detection_operator": "le", "detection_threshold": Decimal(5)}
    risk = added.risk(current=TWO, **bound)
    assert "Beds not mapped: 3 beds. Acceptable range: at most 5." in shown(added, f"/risks/{risk.ref}/")
    added.report("beds-unmapped", age=NONE, value=8)
    maintenance.sweep(by=added.omar)
    risk.refresh_from_db()
    assert "Beds not mapped: 8 beds. Acceptable range: at most 5." in risk.reassess_because
    assert "Beds not mapped: 8 beds." in Notice.objects.filter(to=added.sam).latest("id").sentence
