"""A gate whose board has four seats and whose one criterion is attested: green, ready to be sealed and signed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from console.people.actions import proof_failed
from console.people.models import User
from governance.gates import actions
from governance.gates.actions import exporting
from governance.gates.models import Criterion, DecisionPackage, Gate, Kind, Phase
from governance.gates.templates import DAY, How
from governance.risks.models import Domain
from governance.subjects import of_wave
from tests import factories

STATEMENT = "Everybody who uses the ward's screens has been trained — “twice”."
PROOF = "password"


@dataclass
class Scene:
    """The gate and its people: Sam prepares, Bo presides, Mira may veto, Nora and Paul sit, Theo may replace Nora."""

    gate: Gate
    sam: User
    bo: User
    mira: User
    nora: User
    paul: User
    theo: User

    def seal(self) -> DecisionPackage:
        return actions.seal(gate=self.gate, by=self.sam)

    def vote(self, package: DecisionPackage, by: User, choice: str = "go", why: str = "", **more: object) -> object:
        return actions.vote(
            package=package, choice=choice, seen=package.digest, proof=PROOF, by=by, rationale=why, **more
        )

    def decided(self, outcome: str = "go") -> DecisionPackage:
        """A turn with a dissent, a condition, a recusal and an alternate, decided by the chair."""
        package = self.seal()
        self.vote(package, self.bo)
        condition = actions.Asked("Two nurses are on call.", self.paul, timezone.now() + dt.timedelta(days=2))
        self.vote(package, self.mira, "go-with-conditions", "Only with help at hand.", conditions=[condition])
        self.vote(package, self.nora, "recused", "My sister leads the vendor's team.")
        self.vote(package, self.theo)
        self.vote(package, self.paul, "no-go", "The notices to patients went out late: “Grüße” 😀.")
        actions.consolidate(package=package, by=self.bo)
        actions.decide(
            package=package,
            outcome="go-with-conditions" if outcome == "go" else outcome,
            seen=package.digest,
            proof=PROOF,
            by=self.bo,
            statement="The board heard the dissent.",
        )
        return DecisionPackage.objects.get(pk=package.pk)


def make() -> Scene:
    """The scene, on a wave of its own."""
    wave = factories.make_wave()
    sam = factories.make_user("sam", role="steward")
    people = {name: factories.make_user(name, role="board") for name in ("mira", "nora", "paul", "theo")}
    bo = User.objects.filter(username="bo").first() or factories.make_user("bo", role="board")
    bo.time_zone = "Europe/Amsterdam"
    bo.save()
    gate = actions.make_gates(subject=of_wave(wave), phases=[Phase.SCOPE], by=sam)[0]
    for row in gate.criteria.all():
        actions.retire_criterion(criterion=row, reason="Not asked for here.", by=sam)
    how = How(Kind.ATTESTATION, subject=STATEMENT, max_age=30 * DAY, domain=Domain.CLINICAL)
    row = actions.add_criterion(
        gate=gate, code="trained", title="People are trained", why="So that…", how=how, reason="Asked for.", by=sam
    )
    actions.attest(criterion=Criterion.objects.get(pk=row.pk), seen=1, by=sam)
    place = actions.Place
    places = [
        place("chair", "Chief information officer", bo, chair=True),
        place("cmio", "Chief medical information officer", people["mira"], vetoes=(Domain.CLINICAL,)),
        place("cno", "Chief nursing officer", people["nora"], alternate=people["theo"]),
        place("press", "Patients' representative", people["paul"], required=False),
    ]
    actions.change_policy(gate=gate, places=places, quorum=3, go_needed=3, reason="The board.", seen=0, by=sam)
    return Scene(Gate.objects.select_related("wave").get(pk=gate.pk), sam, bo, **people)


def scenarios(stage: Any) -> dict[str, Callable[[], object]]:
    """For the house: what leaves the console, and what could not be proven, each books once."""
    made = make()
    package = made.decided()
    return {
        "people.reauthentication.proof_failed": lambda: proof_failed(
            act="vote", subject="GATE-1", way="password", by=made.mira
        ),
        "gates.exporting.export_decision": lambda: exporting.export_decision(package=package, by=made.sam),
        "gates.exporting.print_pack": lambda: exporting.print_pack(package=package, by=made.sam),
    }
