"""What the board has behind it when the dress rehearsal's findings arrive: everything up to the cutover of wave 1."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Max

from console.notices import actions as notices
from console.notices.models import Notice
from console.people.models import User
from console.ui.actions import prefer
from console.waves.models import Wave
from governance.gates.models import Phase
from samples.board import evidence, meetings, register, rollback_plan, seats
from samples.board.seats import People
from samples.critical import LATEST
from samples.review import WAVE_ONE, WAVE_TWO, extracted
from samples.story import unreadable

Say = Callable[[str], None]
BOARD = ("bo", "mira", "nora", "theo", "paul", "sam", "omar")
ZONE = "Africa/Kampala"


def prepare(people: People, say: Say) -> None:
    """Risks, the rollback plan, gates and their boards for both waves; then the meetings about wave 1 so far."""
    for name in BOARD:
        if people[name].time_zone != ZONE:
            people[name] = prefer(chosen={}, time_zone=ZONE, by=people[name])
    one, two = (Wave.objects.get(slug=slug) for slug in (WAVE_ONE, WAVE_TWO))
    read = extracted(LATEST, WAVE_ONE)
    plan = rollback_plan.planned(one, people)
    rollback_plan.rehearsed(plan, people, records=len(read) - len(unreadable(read)), production=len(read))
    risks = register.kept(one, people)
    say(f"  {risks} risks of wave 1 are rated; the rollback is planned and rehearsed")
    _meet(one, people, say)
    _begin_with(two, people)
    for name in BOARD:
        _all_read(people[name])


def _meet(wave: Wave, people: People, say: Say) -> None:
    gates = seats.seated(wave, people)
    evidence.test_controls(wave, people)
    for gate in gates.values():
        evidence.attest(gate, people)
    for meeting in meetings.MEETINGS:
        gate = gates[meeting.phase]
        if meeting.phase == Phase.INGESTION:
            evidence.waive_schema(gate, people)
        if meeting.phase == Phase.VALIDATION:
            evidence.show_identity_errors(gate, people)
        meetings.hold(meeting, gate, people)
    said = ", ".join(meeting.phase.label.lower() for meeting in meetings.MEETINGS)
    say(f"  The board has said GO to {said}")


def _begin_with(wave: Wave, people: People) -> None:
    """Wave 2 has its gates, and one seated board that waits for someone to review the mapping."""
    gates = seats.seated(wave, people, unseated=set(Phase) - {Phase.SCOPE})
    evidence.attest(gates[Phase.SCOPE], people, only={"scope-agreed"})


def _all_read(person: User) -> None:
    """Anyone who was at the meetings has read what was sent about them."""
    last = Notice.objects.filter(to=person).aggregate(last=Max("pk"))["last"]
    if last is not None:
        notices.mark_all_read(through=last, by=person)
