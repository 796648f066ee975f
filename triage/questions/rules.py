"""Who may be asked what, until when, and who may answer. Pure."""

from __future__ import annotations

import datetime as dt
from typing import Final

from console.answers import Allowed, Answer, Forbidden
from console.errors import Invalid, Stale
from triage.questions.models import Outcome

CHARACTERS: Final = 4000
LONGEST: Final = dt.timedelta(days=366)
#: Days after which an answer is no longer shown on the home page of who asked.
NEWS_DAYS: Final = 14


def due(due_at: dt.datetime, now: dt.datetime) -> Answer:
    """Whether an answer may be due then."""
    if not now < due_at <= now + LONGEST:
        return Forbidden("Enter a date within the next 12 months by which the answer is due.", Invalid, "answer_by")
    return Allowed()


def addressee(asked_of: str, *, found: int) -> Answer:
    """Whether the words name exactly one person or mailbox, of those who are active."""
    if found == 0:
        return Forbidden(
            f"There is no active user or mailbox “{asked_of}”. Choose one from the list.", Invalid, "asked_of"
        )
    if found > 1:
        return Forbidden(f"“{asked_of}” is the name of several. Enter the username.", Invalid, "asked_of")
    return Allowed()


def ask_person(name: str, *, oneself: bool, sees: bool) -> Answer:
    """Whether this person may be asked: not oneself, and only who may see the queue."""
    if oneself:
        return Forbidden("You cannot ask yourself. Defer the case instead.", Invalid, "asked_of")
    if not sees:
        return Forbidden(
            f"{name} may not see the cases of this queue. Ask a mailbox, or another person.", Invalid, "asked_of"
        )
    return Allowed()


def ask_mailbox(name: str, *, answers: bool) -> Answer:
    """Whether this mailbox may be asked: another person than the one who asks must be able to answer for it."""
    if not answers:
        return Forbidden(f"“{name}” has no other member who could answer. Ask a queue lead.", Invalid, "asked_of")
    return Allowed()


def answer(ref: str, text: str, *, addressed: bool, asked: bool, outcome: str, waits: bool) -> Answer:
    """Whether this person may answer with this text. ``asked``: they asked it themselves."""
    if asked:
        return Forbidden(f"You asked this question. Resume {ref} if you know the answer.")
    if not addressed:
        return Forbidden("This question was not put to you.")
    if outcome or not waits:
        ended = Outcome(outcome).label if outcome else Outcome.OVERTAKEN.label
        return Forbidden(f"The question about {ref} has ended: {ended[0].lower()}{ended[1:]}.", Stale)
    if not text.strip():
        return Forbidden("Enter an answer.", Invalid, "answer")
    if len(text) > CHARACTERS:
        return Forbidden(f"The answer is longer than {CHARACTERS} characters.", Invalid, "answer")
    return Allowed()


def mailbox(slug: str, *, taken: bool, active: bool, members: int, unknown: list[str]) -> Answer:
    """Whether a mailbox may be set up so."""
    if taken:
        return Forbidden(f"There is a mailbox with the short name “{slug}” already.", Invalid)
    if unknown:
        return Forbidden(f"There is no active user “{unknown[0]}”.", Invalid, "members")
    if active and not members:
        return Forbidden("An active mailbox needs at least one member who answers.", Invalid, "members")
    return Allowed()
