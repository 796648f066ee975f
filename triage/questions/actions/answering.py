"""Answer a question: the case is open again, assigned to who asked, and they are notified, in one transaction."""

from __future__ import annotations

from django.utils import timezone

from console.audit import log
from console.audit.log import Receipt
from console.errors import Missing
from console.people.models import User
from triage.cases.actions import handing, locks
from triage.questions import queries, rules
from triage.questions.actions import ending
from triage.questions.models import Outcome, Question


def answer(*, question: Question, answer: str, by: User) -> Question:
    """Answer a question put to oneself or to a mailbox that one serves. The same answer again does nothing.

    The case is assigned to who asked, if they may still work it.

    Raises Denied for anyone else and while the wave is frozen, Invalid for an empty or long answer, Stale when the
    question has ended.
    """
    text = answer.replace("\0", "").strip()
    with log.transaction(by=by, purpose="answer"):
        case = locks.lock_to_decide(question.case, person=question.by)
        found = Question.objects.select_for_update(of=("self",)).select_related("by", "person", "mailbox")
        locked = found.filter(pk=question.pk).first()
        if locked is None:
            raise Missing("There is no such question.")
        if (locked.outcome, locked.answered_by_id, locked.answer) == (Outcome.ANSWERED, by.pk, text):
            return locked
        rules.answer(
            case.ref,
            text,
            addressed=queries.addressed(locked, by),
            asked=locked.by_id == by.pk,
            outcome=locked.outcome,
            waits=ending.waits(case, locked),
        ).require()
        locks.unfrozen(case)
        ending.close(locked, Outcome.ANSWERED, by=by, answer=text, answered_by=by, now=timezone.now())
        ending.reopen(case)
        back = handing.give_back(case, locked.by, why="The question is answered.", by=by)
        facts = {"question": locked.pk, "revision": case.revision, "assigned": locked.by.username if back else None}
        log.record("case.answered", subject=case, by=by, facts=facts)
        ending.tell_asker(locked, f"{_who(locked, by)} answered your question.", by=by, kind=ending.ANSWERED)
    return locked


def opened(*, question: Question, by: User) -> Receipt:
    """Log that this person reads a question; answer only after this returns."""
    return log.record_access("case.question_read", subject=question.case, by=by, facts={"question": question.pk})


def _who(question: Question, by: User) -> str:
    return f"{by} ({question.mailbox})" if question.mailbox else str(by)
