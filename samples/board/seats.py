"""Who sits on the board of the demonstration hospital, and at which gates."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from console.people.models import User
from console.waves.models import Wave
from governance.gates import actions as gates
from governance.gates.models import Gate, Phase, Policy
from governance.gates.standard import TEMPLATES
from governance.risks.models import Domain
from governance.subjects import of_wave

People = dict[str, User]
#: Gates that wait for a board to be named; a steward does that on their pages.
UNSEATED: Final = {Phase.DECOMMISSIONING}
#: Seats that must be present, and GO ballots that a GO needs, of the four.
QUORUM: Final = 3


def places(people: People) -> list[gates.Place]:
    """The four seats: the CIO presides, the CMIO may veto for clinical safety, the privacy officer for privacy."""
    return [
        gates.Place("chair", "Chief information officer", people["bo"], chair=True),
        gates.Place("cmio", "Chief medical information officer", people["mira"], vetoes=(Domain.CLINICAL,)),
        gates.Place("cno", "Chief nursing officer", people["nora"], alternate=people["theo"]),
        gates.Place("privacy", "Privacy officer", people["paul"], vetoes=(Domain.PRIVACY,)),
    ]


def seated(wave: Wave, people: People, *, unseated: Iterable[Phase] = UNSEATED) -> dict[Phase, Gate]:
    """Make the gates of a wave and seat their boards, as far as that is not done. Gives them by phase."""
    gates.make_gates(subject=of_wave(wave), by=people["sam"])
    made = {Phase(gate.phase): gate for gate in Gate.objects.filter(wave=wave)}
    for phase, gate in made.items():
        template = TEMPLATES[phase]
        if phase not in unseated and not Policy.objects.filter(gate=gate).exists():
            gates.change_policy(
                gate=gate,
                places=places(people),
                quorum=QUORUM,
                go_needed=QUORUM,
                reason="The board as the hospital's management appointed it.",
                seen=0,
                by=people["sam"],
                freezes=template.freezes,
                poll_hours=template.poll_hours,
                valid_hours=template.valid_hours,
            )
    return made
