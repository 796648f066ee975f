"""Verdicts and reasons as a kind declares them, and the two verdicts that belong to every case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from console.answers import Allowed, Answer
from console.capabilities.parts import Look
from triage.cases.kinds.content import Content
from triage.cases.models import REVERSE, UNDO
from triage.queues.kinds import Target

#: How the reserved verdicts look. No kind may declare a verdict of such a code.
RESERVED: Final[dict[str, Look]] = {
    UNDO: Look("Undone", "undo-2", "high"),
    REVERSE: Look("Reversed", "rotate-ccw", "high"),
}


class Numbers(Protocol):
    """What a facet, or a verdict that not every case is offered, reads of a case or of a row of a list."""

    @property
    def size(self) -> int:
        """How many things the case is about."""

    @property
    def score(self) -> float | None:
        """How sure the pipeline was, in the unit of its kind."""


def for_every_case(_case: Numbers) -> Answer:
    """A verdict that every case of its kind is offered."""
    return Allowed()


#: Where cases go whose verdict contradicts settled decisions of a kind with a ledger.
ADJUDICATION: Final = Target("adjudication", "Contradictory decisions go to")


class Then(StrEnum):
    """What a verdict does to its case: the verb of ``machine.MOVES`` that carries it on."""

    SETTLE = "settle"
    DEFER = "defer"
    ASK = "ask"
    TRANSFER = "transfer"


#: What a reviewer must enter with a verdict, by what the verdict does.
_NEEDS: Final = {Then.DEFER: "until", Then.ASK: "asked_of"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """One verdict a reviewer may choose.

    ``short`` stands for the label where there is little room. ``past`` follows the reviewer's name on the timeline.
    ``sends_to``: the target that the case moves on to, open again, at ``severity_there`` when that is set.
    ``offered`` says whether a case is offered it: a refusal's sentence answers who sends it all the same, and the
    form leaves it out. ``warned``: its kind may ask the reviewer to confirm a warning (``Kind.warns``). A verdict
    that settles goes to the decision feed, even when the case moves on. Of those that settle:

    - ``proven_by_silence``: a run that had applied it and no longer reports the case verifies it;
    - ``disproved_by_report``: a run that had applied it and reports the case again reopens it;
    - ``remembered``: the same evidence, reported again, does not reopen the case; if not, any later run does;
    - ``at_once``: released without the queue's time to undo.
    """

    code: str
    label: str
    key: str
    hint: str
    then: Then
    past: str
    icon: str = "gavel"
    tone: str = "info"
    reason_required: bool = True
    sends_to: Target | None = None
    severity_there: int | None = None
    proven_by_silence: bool = False
    disproved_by_report: bool = False
    remembered: bool = True
    at_once: bool = False
    content: Content | None = None
    short: str = ""
    offered: Callable[[Numbers], Answer] = for_every_case
    warned: bool = False

    @property
    def settles(self) -> bool:
        """True when it goes to the feed; otherwise it only sends the case on."""
        return self.then == Then.SETTLE

    @property
    def needs(self) -> str:
        """What must be entered with it: ``until``, ``asked_of``, or nothing."""
        return _NEEDS.get(self.then, "")

    @property
    def look(self) -> Look:
        """Its word, icon and tone as a badge."""
        return Look(self.label, self.icon, self.tone)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a reviewer decides so: a code that stays, words for people, a key, the verdicts it goes with.

    The key works once one of its verdicts is chosen. It is unlike those of the other reasons of that verdict, and
    unlike every key of the page (b c n r u), of lists (j k o x) and of the navigation (g). ``explained``: its words are
    in the note, so choosing it leads there.
    """

    code: str
    label: str
    key: str
    verdicts: tuple[str, ...]
    explained: bool = False
