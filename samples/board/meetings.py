"""The meetings that the board of wave 1 has had: what was sealed, how each voted, what was decided, and that it began.

Each goes the way of any other gate. Only the proof of identity is not given: the signatures say ``demonstration``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from django.utils import timezone

from governance.gates import actions as gates
from governance.gates.models import Choice, DecisionPackage, Gate, Outcome, Phase
from samples.board.seats import People

PROOF: Final = "demonstration"
VOTERS: Final = ("bo", "mira", "nora", "paul")


@dataclass(frozen=True, slots=True)
class Meeting:
    """How the board answered one gate. Everybody votes GO unless ``otherwise`` says what else, and why."""

    phase: Phase
    otherwise: Mapping[str, tuple[Choice, str]] = field(default_factory=dict)
    condition: str = ""
    outcome: Outcome = Outcome.GO
    statement: str = ""


MEETINGS: Final = (
    Meeting(Phase.SCOPE, statement="Wave 1 is outpatients only; maternity follows as wave 2."),
    Meeting(Phase.INGESTION, statement="With the waiver for mistyped values, which ends in thirty days."),
    Meeting(Phase.ACCESS),
    Meeting(
        Phase.VALIDATION,
        otherwise={
            "mira": (Choice.GO_WITH_CONDITIONS, "17 records cannot be read; no one must look for them in vain.")
        },
        condition="The 17 records that the transformation cannot read are registered by hand before the cutover.",
        outcome=Outcome.GO_WITH_CONDITIONS,
    ),
    Meeting(
        Phase.CONSENT,
        otherwise={"nora": (Choice.ABSTAIN, "Consents are not nursing's to judge; I was present.")},
    ),
)


def hold(meeting: Meeting, gate: Gate, people: People) -> None:
    """Seal, vote, count, decide and begin, as far as that is not done."""
    if not DecisionPackage.objects.filter(gate=gate).exists():
        package = gates.seal(gate=gate, by=people["sam"])
        for name in VOTERS:
            choice, why = meeting.otherwise.get(name, (Choice.GO, ""))
            asked = [_asked(meeting, people)] if choice == Choice.GO_WITH_CONDITIONS else []
            gates.vote(
                package=package,
                choice=choice,
                seen=package.digest,
                proof=PROOF,
                by=people[name],
                rationale=why,
                conditions=asked,
            )
        gates.consolidate(package=package, by=people["bo"])
        gates.decide(
            package=package,
            outcome=meeting.outcome,
            seen=package.digest,
            proof=PROOF,
            by=people["bo"],
            statement=meeting.statement,
        )
        for ballot in package.ballots.filter(conditions__isnull=False).select_related("person"):
            for condition in ballot.conditions.all():
                gates.meet_condition(condition=condition, note="All 17 are registered.", by=ballot.person)
        gates.begin(package=package, seen=package.digest, by=people["omar"])


def _asked(meeting: Meeting, people: People) -> gates.Asked:
    return gates.Asked(meeting.condition, people["omar"], timezone.now() + dt.timedelta(days=3))
