"""A wave has cut over once its cutover has started and its exit gate stands, in the transaction that completes it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from console.audit.models import LogEntry
from console.people.queries import system
from governance.gates import actions, rules
from tests import factories
from tests.gates.scenes import Scene
from triage.cases import actions as cases
from triage.cases.actions import maintenance
from triage.cases.models import Case, State

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(omar, ada, ana) -> Scene:
    return Scene(SimpleNamespace(omar=omar, ada=ada, ana=ana))


@pytest.mark.parametrize(
    ("started", "exits", "stands", "over"),
    [
        (False, False, False, False),
        (False, True, True, False),
        (True, False, False, True),
        (True, True, False, False),
        (True, True, True, True),
    ],
)
def test_the_rule(started: bool, exits: bool, stands: bool, over: bool) -> None:
    assert rules.has_cut_over(started=started, exits=exits, stands=stands) is over


def test_without_an_exit_gate_it_has_cut_over_with_the_start(scene: Scene) -> None:
    package, _ = scene.gone(scene.simple("cutover"))
    assert scene.fresh_wave().cut_over_at is None
    actions.begin(package=package, seen=package.digest, by=scene.omar)
    assert scene.fresh_wave().cut_over_because == f"{package.gate.ref} {package.gate.title}"
    assert LogEntry.objects.get(verb="gate.begun").facts["cut_over"] is True


def test_with_an_exit_gate_it_has_cut_over_with_its_go(scene: Scene) -> None:
    leaving = scene.simple("exit")
    scene.decided(scene.simple("cutover"))
    assert scene.fresh_wave().cut_over_at is None
    assert "cut_over" not in LogEntry.objects.get(verb="gate.begun").facts
    scene.gone(leaving)
    assert scene.fresh_wave().cut_over_at
    assert LogEntry.objects.filter(verb="gate.decided").order_by("-pk")[0].facts["cut_over"] is True


def test_a_no_go_and_other_gates_say_nothing(scene: Scene) -> None:
    leaving = scene.simple("exit")
    scene.decided(scene.simple("cutover"))
    scene.decided(scene.simple("consent"))
    package = scene.polled(leaving, choice="no-go")
    actions.consolidate(package=package, by=scene.bo)
    scene.decide(package, "no-go")
    assert scene.fresh_wave().cut_over_at is None


def test_what_was_deferred_past_it_wakes(scene: Scene) -> None:
    case = factories.make_case(run=factories.make_run(wave=scene.wave))
    cases.claim(case=case, by=scene.ana)
    cases.decide(case=case, verdict="DEFER", reason="other", until="cutover", seen=1, by=scene.ana)
    scene.decided(scene.simple("cutover"))
    assert Case.objects.get(pk=case.pk).state == State.DEFERRED
    maintenance.sweep(by=system())
    assert Case.objects.get(pk=case.pk).state == State.OPEN
