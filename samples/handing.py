"""Who answers for the queues of the demonstration, and a case that one reviewer hands over to another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from console.people.models import User
from samples.review import WAVE_TWO
from triage.cases import actions as cases
from triage.cases.models import Case, Handover, State
from triage.queues.actions.queues import save_queue
from triage.queues.models import Queue, Severity

_RESPONSIBLE: Final = "lena"
_DEPUTY: Final = "rita"
_WHY: Final = "You worked on the maternity register and know how this ward writes its dates."


def name_responsible(*, by: User) -> None:
    """Lena is responsible for every queue that has no responsible person, and Rita is her deputy."""
    people = {user.username: user for user in User.objects.filter(username__in=[_RESPONSIBLE, _DEPUTY])}
    for queue in Queue.objects.filter(responsible=None, deputy=None):
        save_queue(queue=queue, responsible=people[_RESPONSIBLE], deputy=people[_DEPUTY], by=by)


def hand_over(*, people: dict[str, User], say: Callable[[str], None]) -> None:
    """Ana claims a case of the maternity wave and hands it over to Ben, who knows the ward."""
    if Handover.objects.exists():
        return
    of_wave = Case.objects.filter(wave__slug=WAVE_TWO, state=State.OPEN, severity__lte=Severity.MEDIUM)
    case = of_wave.filter(decisions__isnull=True).order_by("pk").first()
    if case is None:
        return
    claimed = cases.claim(case=case, by=people["ana"]).case
    cases.hand_over(case=claimed, to=people["ben"], why=_WHY, by=people["ana"])
    say("  1 case handed over to a colleague")
