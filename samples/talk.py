"""What the reviewers of the demonstration ask and tell each other: a mailbox, two questions, a comment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from console.people.models import User
from samples.review import WAVE_TWO
from triage.cases import actions as cases
from triage.cases.models import Case, State
from triage.comments import actions as comments
from triage.questions import actions as questions
from triage.questions.models import Question, ServiceMailbox
from triage.queues.models import Severity

MAILBOX: Final = "clinic-fpl"
_NAME: Final = "Clinic FPL records office"
_ASKED: Final = "Which date of birth does the paper record give?"
_WAITING: Final = "Do both registrations have the same next of kin on paper?"
_ANSWER: Final = (
    "The paper record gives the date of the first registration. The second was copied from a referral letter."
)
_COMMENT: Final = "@ben the referral letters of this clinic often have day and month exchanged."


def set_up_mailbox(*, by: User) -> None:
    """The records office of a clinic, which Omar serves."""
    if not ServiceMailbox.objects.filter(slug=MAILBOX).exists():
        questions.save_mailbox(
            mailbox=None,
            slug=MAILBOX,
            name=_NAME,
            purpose="Paper records of the clinic: looks up dates, names and earlier numbers.",
            members=["omar"],
            by=by,
        )


def talk(*, people: dict[str, User], say: Callable[[str], None], by: User) -> None:
    """Set up the mailbox, ask it twice, answer once, and comment with a mention."""
    set_up_mailbox(by=by)
    if Question.objects.exists():
        return
    open_cases = Case.objects.filter(
        wave__slug=WAVE_TWO, state=State.OPEN, severity__lte=Severity.MEDIUM, decisions__isnull=True
    )
    answered, waiting = open_cases.order_by("-pk")[:2]
    _ask(answered, _ASKED, by=people["ben"])
    questions.answer(question=Question.objects.get(case=answered), answer=_ANSWER, by=people["omar"])
    comments.write(case=answered, text=_COMMENT, by=people["lena"])
    _ask(waiting, _WAITING, by=people["ben"])
    say("  2 questions to a records office, one of them answered, and a comment")


def _ask(case: Case, note: str, *, by: User) -> None:
    seen = cases.claim(case=case, by=by).case.revision
    cases.decide(
        case=case,
        verdict="NEEDS_INFO",
        reason="paper_record_needed",
        note=note,
        asked_of=MAILBOX,
        seen=seen,
        by=by,
    )
