"""A gate with a board, a sealed package, and one of everything that bears on it, for the entry points of governance."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from console.people.models import User
from console.waves.models import Wave
from governance.gates import actions
from governance.gates.actions import Asked, Place
from governance.gates.models import Criterion, Kind
from governance.subjects import of_wave
from tests import factories
from tests.architecture.crowd import Crowd
from tests.architecture.entry_points import EntryPoint

#: Which kind of criterion an entry point is about; any other takes the first criterion.
KINDS = {"attest/": Kind.ATTESTATION, "control-test/": Kind.CONTROL_TEST}


class Board:
    """The cutover gate of a wave: sealed while red, with a ballot, a condition, an attestation and a waiver."""

    def __init__(self, wave: Wave, *, chair: User, steward: User, operator: User, crowd: Crowd) -> None:
        self.gate = actions.make_gates(subject=of_wave(wave), phases=["cutover"], by=steward)[0]
        second = factories.make_user("the-second", role="board")
        places = [
            Place("chair", "Chief information officer", chair, chair=True),
            Place("cmio", "Chief medical information officer", second, vetoes=("clinical",)),
            *(members := crowd.places()),
        ]
        actions.change_policy(
            gate=self.gate, places=places, quorum=2, go_needed=2, reason="Seated.", seen=0, by=steward
        )
        attested = self.criterion(Kind.ATTESTATION)
        self.attestation = actions.attest(criterion=attested, seen=1, by=operator)
        tested = self.criterion(Kind.CONTROL_TEST)
        self._test(wave, tested, operator)
        self.waiver = actions.ask_waiver(
            criterion=tested,
            reason="The tool comes next week.",
            compensating_control="Two people look at every sign-in.",
            not_after=timezone.now() + dt.timedelta(days=7),
            seen=1,
            by=operator,
        )
        crowd.criteria(self.gate, steward=steward, operator=operator)
        crowd.earlier(self.gate, steward=steward)
        self.package = actions.seal(gate=self.gate, by=steward)
        crowd.votes(self.package, members, operator)
        voted = actions.vote(
            package=self.package,
            choice="go-with-conditions",
            seen=self.package.digest,
            proof="password",
            rationale="If the wards are told.",
            conditions=[Asked("The wards are told.", operator, timezone.now() + dt.timedelta(days=1))],
            by=second,
        )
        self.condition = voted.ballot.conditions.get()

    def criterion(self, kind: Kind) -> Criterion:
        """The first criterion of that kind."""
        return Criterion.objects.filter(gate=self.gate, versions__kind=kind).order_by("order", "id")[0]

    def value(self, entry: EntryPoint, name: str) -> object:
        """What stands for a parameter of a gate's entry point."""
        if name == "ref":
            return self.gate.ref
        if name == "code":
            kind = next((kind for part, kind in KINDS.items() if entry.route.endswith(part)), Kind.CONTROL_TEST)
            return self.criterion(kind).code
        if name == "turn":
            return self.package.turn
        if name == "act":
            return "vote"
        rows = {"attestations/": self.attestation, "waivers/": self.waiver, "conditions/": self.condition}
        return next(row.pk for part, row in rows.items() if part in entry.route)

    def _test(self, wave: Wave, criterion: Criterion, by: User) -> None:
        """A test that found the control wanting: only a known failure can be waived."""
        today = timezone.now().date()
        actions.record_control_test(
            subject=of_wave(wave),
            control=criterion.versions.get().subject,
            method="test",
            satisfied=False,
            finding="Two accounts of people who have left still work.",
            evidence="Folder 7.",
            population=100,
            sample=20,
            period_from=today - dt.timedelta(days=7),
            period_to=today,
            tested_at=timezone.now(),
            by=by,
        )
