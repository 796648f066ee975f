"""What a person may do with a case now, as answers for the buttons of its page. Pure functions.

The actions of ``cases`` ask their own rules again, under a lock; these are for the page, so that no button has to be
pressed to learn that it refuses.
"""

from __future__ import annotations

from dataclasses import dataclass

from console.answers import Allowed, Answer, Forbidden
from triage.cases import handing_rules, rules
from triage.cases.handing_rules import Hands
from triage.cases.kinds import Verdict
from triage.cases.models import State
from triage.cases.rules import Holder, PartIn


@dataclass(frozen=True, slots=True)
class ViewerState:
    """Who looks at a case, and its state. ``holder`` is None without a live claim.

    ``assigned_to``: the colleague whose it is, for a person who may not take it from them.
    ``targets`` are the names of the targets that the case's queue sends cases on to; read for who holds the claim.
    """

    ref: str
    state: str
    me: int
    works: bool
    reveals: bool
    reverses: bool
    manages: bool
    holder: Holder | None
    part_in: PartIn
    decided_by: int | None
    released: bool
    queue: str
    targets: frozenset[str]
    assigned_to: str
    hands: Hands

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
    remove_claim: Answer
    hand_over: Answer


def answers(viewer: ViewerState) -> Answers:
    """What the person may do now."""
    ref, state = viewer.ref, viewer.state
    return Answers(
        claim=rules.claim(
            ref,
            state,
            holder=viewer.holder,
            me=viewer.me,
            works=viewer.works,
            assigned_to=viewer.assigned_to,
            **viewer.part_in,
        ),
        next=Allowed() if viewer.works else Forbidden("Your roles do not allow you to work this queue."),
        reveal=_reveal(viewer),
        undo=rules.undo(ref, state, decided_by=viewer.decided_by, me=viewer.me, released=viewer.released),
        reverse=rules.reverse(ref, state, allowed=viewer.reverses, reason="entered in the form"),
        resume=_resume(viewer),
        remove_claim=_remove_claim(viewer),
        hand_over=handing_rules.hand_over(viewer.hands, me=viewer.me, leads=viewer.manages),
    )


def _reveal(viewer: ViewerState) -> Answer:
    """Whether the person may see patient fields."""
    if viewer.reveals:
        return Allowed()
    return Forbidden("Your roles do not allow you to reveal patient fields of this queue.")


def verdict(spec: Verdict, viewer: ViewerState) -> Answer:
    """Whether this verdict can be chosen on this case."""
    target = spec.sends_to
    if target and target.required:
        return rules.transfer(viewer.ref, viewer.queue, has_target=target.name in viewer.targets)
    return Allowed()


def _resume(viewer: ViewerState) -> Answer:
    if not viewer.works:
        return Forbidden("Your roles do not allow you to work this queue.")
    return rules.move(viewer.ref, viewer.state, "wake" if viewer.state == State.DEFERRED else "answer")


def _remove_claim(viewer: ViewerState) -> Answer:
    if not viewer.manages:
        return Forbidden("Your roles do not allow you to remove claims.")
    return rules.move(viewer.ref, viewer.state, "end_claim")
