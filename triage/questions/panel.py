"""The questions on the page of a case: the open one, or the last one and its answer, above the evidence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from triage.cases import kinds
from triage.cases.models import State
from triage.desk.case_parts import CasePart, Look
from triage.desk.events import Event
from triage.questions import queries
from triage.questions.models import Outcome, Question

#: Entry of the timeline by outcome: what follows the name of who acted, and its icon. Others are told by decisions.
_ENDS: Final = {
    Outcome.ANSWERED: ("answered the question", "message-circle-reply"),
    Outcome.NOT_ANSWERED: ("did not answer the question in time", "message-circle-off"),
    Outcome.RETURNED: ("can no longer answer the question", "message-circle-off"),
}


@dataclass(frozen=True, slots=True)
class Panel:
    """The latest question. ``text`` and ``answer`` are empty while they are masked; ``earlier`` are all of the case.

    ``asked_of``: what an earlier version of the console kept of whom the case waits for; then there is no question.
    """

    question: Question | None
    text: str
    answer: str
    reason: str
    masked: bool
    to_viewer: bool
    earlier: list[Question]
    asked_of: str = ""

    @property
    def tone(self) -> str:
        """Of the notice."""
        outcome = self.question.outcome if self.question else ""
        return "success" if outcome == Outcome.ANSWERED else "warning" if outcome else "info"

    @property
    def hidden(self) -> str:
        """What is masked, in a sentence; empty when nothing is."""
        if self.question is None or not self.masked:
            return ""
        if self.question.outcome == Outcome.ANSWERED:
            return "Question and answer are masked. Reveal the case to read them."
        return "The question is masked. Reveal the case to read it." if self.question.decision.note else ""


def _read(look: Look) -> Panel | None:
    found = queries.of_case(look.case)
    case = look.case
    current = found[0] if found and _matters(found[0], look) else None
    decision = case.decision if case.state == State.WAITING else None
    asked_of = decision.details.get("asked_of", "") if decision and current is None else ""
    if not (found or asked_of):
        return None
    return Panel(
        question=current,
        text=look.masks.prose(current.decision.note) if current else "",
        answer=look.masks.prose(current.answer) if current else "",
        reason=kinds.reason_label(case.kind, current.decision.reason) if current else "",
        masked=not look.masks.lifted,
        to_viewer=bool(current and not current.outcome and queries.addressed(current, look.by)),
        earlier=found,
        asked_of=asked_of,
    )


def _matters(question: Question, look: Look) -> bool:
    """An open question, or how the last one ended while the case is still to be decided."""
    if not question.outcome:
        return look.case.decision_id == question.decision_id and look.case.state == State.WAITING
    told = question.outcome in _ENDS
    return told and look.case.state in {State.OPEN, State.CLAIMED}


def _events(panel: Panel) -> Iterator[Event]:
    """How questions ended; that they were asked, decisions say."""
    for one in panel.earlier:
        if one.closed_at and one.outcome in _ENDS:
            sentence, icon = _ENDS[Outcome(one.outcome)]
            who = f"{one.answered_by} ({one.mailbox})" if one.answered_by and one.mailbox else one.asked_of
            yield Event(one.closed_at, who, sentence, icon, tone="info" if one.answered_by else "high")


PART: Final = CasePart("questions", "questions/_panel.html", read=_read, place="above", events=_events, order=10)
