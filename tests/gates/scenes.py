"""One scene for each action on gates: for the tests of the house."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.utils import timezone

from governance.gates import actions
from governance.gates.actions import Asked, maintenance
from governance.gates.models import Criterion, Gate, Kind
from governance.gates.templates import How
from governance.subjects import of_wave
from tests import factories
from tests.gates.stage import DAY, PROOF, Stage


class Scene(Stage):
    """The people of the house's stage, with a board; gates of one attestation each."""

    def __init__(self, house: Any) -> None:
        self.root = Path()
        self.omar, self.ada, self.ana = house.omar, house.ada, house.ana
        self.sam = factories.make_user("steward", role="steward")
        board = ("chair", "mira", "nora", "paul", "theo")
        self.bo, self.mira, self.nora, self.paul, self.theo = (self.board_member(name) for name in board)
        self.wave = factories.make_wave("gated")

    def simple(self, phase: str, **policy: Any) -> Gate:
        """A gate that asks for one attestation, and has it."""
        gate = actions.make_gates(subject=of_wave(self.wave), phases=[phase], by=self.sam)[0]
        for criterion in gate.criteria.all():
            actions.retire_criterion(criterion=criterion, reason="Not here.", by=self.sam)
        self.ask_for(gate, "ready", How(Kind.ATTESTATION, subject="All is ready.", max_age=30 * 86_400))
        actions.attest(criterion=self.criterion(gate, "ready"), seen=1, by=self.omar)
        self.seat(gate, **policy)
        return gate

    def ask_for(self, gate: Gate, code: str, how: How) -> Criterion:
        """One criterion more."""
        return actions.add_criterion(gate=gate, code=code, title=code.title(), how=how, reason="So.", by=self.sam)

    def ask_waiver(self, gate: Gate, code: str) -> Any:
        """Request a waiver of a control that is not satisfied."""
        self.ask_for(gate, code, How(Kind.CONTROL_TEST, subject="locks"))
        return self.asked(gate, code)

    def asked(self, gate: Gate, code: str) -> Any:
        """Ask for it."""
        return actions.ask_waiver(
            criterion=self.criterion(gate, code),
            reason="Known.",
            compensating_control="A guard.",
            not_after=timezone.now() + DAY,
            seen=1,
            by=self.omar,
        )


def gates(house: Any) -> dict[str, Callable[[], Any]]:
    """Every action on gates, with what must stand before it."""
    s = Scene(house)
    preparing = _preparing(s)
    return preparing | _deciding(s)


def _preparing(s: Scene) -> dict[str, Callable[[], Any]]:
    gate = s.simple("scope")
    ready = s.criterion(gate, "ready")
    s.control("locks", timezone.now(), satisfied=False)
    asked, granted = s.ask_waiver(gate, "first"), s.ask_waiver(gate, "second")
    actions.decide_waiver(waiver=granted, granted=True, reason="For now.", by=s.bo)
    s.ask_for(gate, "third", How(Kind.CONTROL_TEST, subject="locks"))
    how, attestation = How(Kind.ATTESTATION, subject="All is tidy."), ready.attestations.get()
    return {
        "gates.criteria.make_gates": lambda: actions.make_gates(
            subject=of_wave(factories.make_wave("other")), by=s.sam
        ),
        "gates.criteria.reword_criterion": lambda: actions.reword_criterion(
            criterion=ready, title="All set", why="", owner=None, order=1, by=s.sam
        ),
        "gates.criteria.change_criterion": lambda: actions.change_criterion(
            criterion=ready, how=how, reason="So.", seen=1, by=s.sam
        ),
        "gates.criteria.add_criterion": lambda: s.ask_for(gate, "more", how),
        "gates.criteria.retire_criterion": lambda: actions.retire_criterion(criterion=ready, reason="So.", by=s.sam),
        "gates.policies.change_policy": lambda: s.seat(gate, quorum=2),
        "gates.assessments.attest": lambda: actions.attest(criterion=ready, seen=1, by=s.omar),
        "gates.assessments.withdraw_attestation": lambda: actions.withdraw_attestation(
            attestation=attestation, reason="No.", by=s.omar
        ),
        "gates.assessments.record_control_test": lambda: s.control("locks", timezone.now()),
        "gates.waivers.ask_waiver": lambda: s.asked(gate, "third"),
        "gates.waivers.decide_waiver": lambda: actions.decide_waiver(
            waiver=asked, granted=False, reason="No.", by=s.bo
        ),
        "gates.waivers.revoke_waiver": lambda: actions.revoke_waiver(waiver=granted, reason="No.", by=s.bo),
        "gates.sealing.seal": lambda: actions.seal(gate=gate, by=s.sam),
        "gates.maintenance.evaluate": lambda: maintenance.evaluate(subject=of_wave(s.wave), by=s.sam),
    }


def _deciding(s: Scene) -> dict[str, Callable[[], Any]]:
    sealed = actions.seal(gate=s.simple("ingestion"), by=s.sam)
    polled = s.polled(s.simple("access"))
    counted = s.polled(s.simple("validation"))
    actions.consolidate(package=counted, by=s.bo)
    gone, _ = s.gone(s.simple("consent"))
    asking = actions.seal(gate=s.simple("exit"), by=s.sam)
    condition = Asked("The desk is staffed", s.omar, timezone.now() + DAY)
    ballot = s.vote(asking, s.nora, "go-with-conditions", conditions=[condition]).ballot
    short = actions.seal(gate=s.simple("decommissioning", poll_hours=1), by=s.sam)
    later = short.closes_at + dt.timedelta(hours=25)
    return {
        "gates.sealing.withdraw": lambda: actions.withdraw(package=sealed, reason="Not yet.", by=s.sam),
        "gates.voting.vote": lambda: s.vote(sealed, s.bo),
        "gates.voting.meet_condition": lambda: actions.meet_condition(
            condition=ballot.conditions.get(), note="Three people.", by=s.nora
        ),
        "gates.deciding.consolidate": lambda: actions.consolidate(package=polled, by=s.bo),
        "gates.deciding.decide": lambda: actions.decide(
            package=counted, outcome="go", seen=counted.digest, proof=PROOF, by=s.bo
        ),
        "gates.starting.begin": lambda: actions.begin(package=gone, seen=gone.digest, by=s.omar),
        "gates.maintenance.sweep": lambda: maintenance.sweep(by=s.sam, now=later),
    }
