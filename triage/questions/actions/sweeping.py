"""What time does to questions: one that is not answered in time reopens its case; one whose case went on ends."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from console.audit import log
from console.people.models import User
from console.ui import dates
from console.waves import locks as wave_locks
from triage.cases.models import Case, State
from triage.questions.actions import ending
from triage.questions.models import Outcome, Question

#: How many questions one transaction ends.
AT_ONCE: Final = 200


@dataclass(frozen=True, slots=True)
class Swept:
    """How many questions were not answered in time, and of how many the case stopped waiting otherwise."""

    late: int
    overtaken: int


def sweep(*, by: User, now: dt.datetime | None = None) -> Swept:
    """End questions that are due or overtaken, up to ``AT_ONCE`` of each. The case of a due one is open again.

    A case that another transaction holds is left for the next sweep.
    """
    now = now or timezone.now()
    with log.transaction(by=by, purpose="tend"):
        found = {*_first(_due(now)), *_first(_overtaken())}
        if not found:
            return Swept(0, 0)
        waves = Case.objects.filter(pk__in=found).values_list("wave_id", flat=True)
        wave_locks.lock_shared(sorted(set(waves)))
        cases = Case.objects.select_for_update(skip_locked=True).filter(pk__in=found).order_by("pk")
        locked = {case.pk: case for case in cases}
        ends = [_end(question, locked[question.case_id], by, now) for question in ending.open_on(locked)]
    return Swept(ends.count(Outcome.NOT_ANSWERED), ends.count(Outcome.OVERTAKEN))


def _due(now: dt.datetime) -> QuerySet[Question]:
    return Question.objects.filter(closed_at=None, due_at__lte=now).order_by("due_at")


def _overtaken() -> QuerySet[Question]:
    """Open questions whose case waits no longer, or for another: a report made it critical, or its run was recalled."""
    gone = ~Q(case__state=State.WAITING) | Q(case__decision=None) | ~Q(case__decision=F("decision"))
    return Question.objects.filter(gone, closed_at=None).order_by("pk")


def _first(found: QuerySet[Question]) -> list[int]:
    return list(found.values_list("case_id", flat=True)[:AT_ONCE])


def _end(question: Question, case: Case, by: User, now: dt.datetime) -> Outcome | None:
    """End a question if its time has come, and say how; None when it was answered or put off meanwhile."""
    if not ending.waits(case, question):
        ending.close(question, Outcome.OVERTAKEN, by=by, now=now)
        log.record("case.question_overtaken", subject=case, by=by, facts={"question": question.pk})
        return Outcome.OVERTAKEN
    if question.due_at > now:
        return None
    ending.close(question, Outcome.NOT_ANSWERED, by=by, now=now)
    ending.reopen(case)
    log.record("case.not_answered", subject=case, by=by, facts={"question": question.pk})
    due = dates.utc(question.due_at)
    said = f"{question.asked_of} did not answer your question by {due}. The case is open again."
    ending.tell_asker(question, said, by=by)
    return Outcome.NOT_ANSWERED
