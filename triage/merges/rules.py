"""What a reviewer may do with a merge case now, as answers for the buttons of its page. Pure functions.

The actions of ``cases`` ask their own rules again, under a lock; these are for the page, so that nobody presses a
button to learn that it refuses.
"""

from __future__ import annotations

from dataclasses import dataclass

from console.answers import Allowed, Answer, Forbidden
from triage.cases import rules
from triage.cases.kinds import Verdict
from triage.cases.models import State
from triage.cases.rules import Holder


@dataclass(frozen=True, slots=True)
class ViewerState:
    """Who looks at a case, and how it stands. ``holder`` is None without a live claim."""

    ref: str
    state: str
    me: int
    works: bool
    reveals: bool
    reverses: bool
    manages: bool
    holder: Holder | None
    escalated_by_me: bool
    decided_by: int | None
    released: bool
    queue: str
    targets: frozenset[str]

    @property
    def mine(self) -> bool:
        """True while the person holds the claim."""
        return self.holder is not None and self.holder.user_id == self.me


@dataclass(frozen=True, slots=True)
class Answers:
    """One answer a button."""

    claim: Answer
    next: Answer
    reveal: Answer
    undo: Answer
    reverse: Answer
    resume: Answer
    take_away: Answer


def answers(standing: ViewerState) -> Answers:
    """What the person may do now."""
    ref, state = standing.ref, standing.state
    return Answers(
        claim=rules.claim(
            ref,
            state,
            holder=standing.holder,
            me=standing.me,
            works=standing.works,
            escalated_by_me=standing.escalated_by_me,
        ),
        next=Allowed() if standing.works else Forbidden("Your roles do not allow you to work this queue."),
        reveal=reveal(standing),
        undo=rules.undo(ref, state, decided_by=standing.decided_by, me=standing.me, released=standing.released),
        reverse=rules.reverse(ref, state, allowed=standing.reverses, reason="asked by the form"),
        resume=_resume(standing),
        take_away=_take_away(standing),
    )


def reveal(standing: ViewerState) -> Answer:
    """Whether the person may see patient fields."""
    if standing.reveals:
        return Allowed()
    return Forbidden("Your roles do not allow you to reveal patient fields of this queue.")


def _resume(standing: ViewerState) -> Answer:
    if not standing.works:
        return Forbidden("Your roles do not allow you to work this queue.")
    return rules.move(standing.ref, standing.state, "wake" if standing.state == State.DEFERRED else "answer")


def _take_away(standing: ViewerState) -> Answer:
    if not standing.manages:
        return Forbidden("Your roles do not allow you to take claims away.")
    return rules.move(standing.ref, standing.state, "give_back")


def verdict(spec: Verdict, standing: ViewerState) -> Answer:
    """Whether this verdict can be given at all on this case."""
    target = spec.sends_to
    if target and target.required:
        return rules.transfer(standing.ref, standing.queue, has_target=target.name in standing.targets)
    return Allowed()
