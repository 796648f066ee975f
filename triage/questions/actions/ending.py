"""How a question ends: it is closed, its notices are settled, and its case is open again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Final

from django.urls import reverse
from django.utils import timezone

from console.notices import actions as notices
from console.people.models import User
from triage.cases.machine import after
from triage.cases.models import Case, State
from triage.questions.models import Outcome, Question

#: Kinds of notices: to who is asked, to who asked and was answered, and to who asked in vain.
ASKED: Final = "case.asked"
ANSWERED: Final = "case.answered"
UNANSWERED: Final = "case.not_answered"


def open_on(cases: Iterable[int]) -> list[Question]:
    """The open questions on locked cases, locked too, in the order of their cases."""
    found = Question.objects.select_for_update(of=("self",)).select_related("by", "person", "mailbox")
    return list(found.filter(case__in=list(cases), closed_at=None).order_by("case_id"))


def waits(case: Case, question: Question) -> bool:
    """Whether the locked case still waits for this question's answer."""
    return case.state == State.WAITING and case.decision_id == question.decision_id


def close(
    question: Question,
    outcome: Outcome,
    *,
    by: User,
    answer: str = "",
    answered_by: User | None = None,
    now: dt.datetime | None = None,
) -> None:
    """Close a locked question: its notices and letters are settled."""
    question.closed_at, question.outcome = now or timezone.now(), outcome
    question.answer, question.answered_by = answer, answered_by
    question.save(update_fields=["closed_at", "outcome", "answer", "answered_by"])
    path = reverse("questions:question", args=[question.pk])
    notices.settle(kinds=[ASKED], path=path, by=by)
    notices.recall_letters(path=path, by=by)


def reopen(case: Case) -> None:
    """The locked case, which waits, is open again."""
    case.state = after(case.state, "answer") or State(case.state)
    case.decision, case.wake_at = None, None
    case.revision += 1
    case.save(update_fields=["state", "decision", "wake_at", "revision"])


def tell_asker(question: Question, sentence: str, *, by: User, kind: str = UNANSWERED) -> None:
    """Tell who asked, what became of it."""
    case = f"EX-{question.case_id}"
    notices.tell(
        to=[question.by], kind=kind, subject=case, sentence=sentence, path=reverse("cases:case", args=[case]), by=by
    )
