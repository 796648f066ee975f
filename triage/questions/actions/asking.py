"""Ask a question, in the transaction of the decision that asks it, and end it when the case waits no longer."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

from django.urls import reverse
from django.utils import timezone

from console.notices import actions as notices
from console.people.models import User
from console.ui import dates
from triage.cases.models import Case, Decision
from triage.questions import queries, rules
from triage.questions.actions import ending
from triage.questions.models import Outcome, Question
from triage.questions.queries import Addressee


@dataclass(frozen=True, slots=True)
class Prepared:
    """A question that may be asked: of whom, and when the answer is due."""

    addressee: Addressee
    due_at: dt.datetime

    @property
    def details(self) -> dict[str, Any]:
        """What the decision keeps: username or short name, and the due time."""
        return {"asked_of": self.addressee.code, "until": self.due_at.isoformat()}

    def ask(self, decision: Decision) -> None:
        """Keep the question and notify who is asked."""
        who = self.addressee
        for earlier in ending.open_on([decision.case_id]):  # its case went on, and the sweep has not come yet
            ending.close(earlier, Outcome.OVERTAKEN, by=decision.by)
        question = Question.objects.create(
            case=decision.case,
            decision=decision,
            by=decision.by,
            person=who.person,
            mailbox=who.mailbox,
            asked_at=decision.decided_at,
            due_at=self.due_at,
        )
        _notify(question, decision.case)


@dataclass(frozen=True, slots=True)
class _Asking:
    """How ``triage.cases`` reaches this capability (``triage.cases.asking.Asking``)."""

    name: str = "questions"

    def prepare(self, case: Case, asked_of: str, due_at: dt.datetime | None, *, by: User) -> Prepared:
        """Find who is meant and until when. Raises Invalid, naming the field, for what cannot be asked."""
        now = timezone.now()
        found = queries.addressee(asked_of, case.queue, by=by)
        until = due_at or queries.usual_due(case, now)
        rules.due(until, now).require()
        return Prepared(found, until)

    def end(self, case: Case, *, resumed: bool, by: User) -> None:
        """The locked case was resumed by hand, or the decision that asked was undone."""
        outcome = Outcome.RESUMED if resumed else Outcome.WITHDRAWN
        for question in ending.open_on([case.pk]):
            ending.close(question, outcome, by=by)
            if resumed and question.by_id != by.pk:
                ending.tell_asker(question, f"{by} resumed the case before {question.asked_of} answered.", by=by)


ASKING: Final = _Asking()


def _notify(question: Question, case: Case) -> None:
    """Tell the person, or every member of the mailbox and its address."""
    path = reverse("questions:question", args=[question.pk])
    box, due = question.mailbox, dates.utc(question.due_at)
    of = f"{box}" if box else "you"
    sentence = f"{question.by} asks {of} for information about a case. The answer is due {due}."
    to = list(queries.active_members(box).exclude(pk=question.by_id)) if box else [question.person]
    notices.tell(
        to=[one for one in to if one is not None],
        kind=ending.ASKED,
        subject=case.ref,
        sentence=sentence,
        path=path,
        by=question.by,
    )
    if box and box.email:
        notices.post(
            address=box.email, addressee=box.name, subject=case.ref, sentence=sentence, path=path, by=question.by
        )
