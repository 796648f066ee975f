"""Who may hand a case over, to whom, and in which states. Pure functions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from console.answers import Allowed, Answer, Forbidden
from console.errors import Invalid, Stale
from triage.cases.models import State
from triage.cases.rules import REASON_CHARACTERS, Holder, PartIn

_NOT_NOW: Final = {
    State.DEFERRED: "Resume it first, then hand it over.",
    State.WAITING: "Resume it first, then hand it over.",
}


@dataclass(frozen=True, slots=True)
class Hands:
    """Whose a case is: the holder of a live claim, and the person it is assigned to (0 and "" for none)."""

    ref: str
    state: str
    holder: Holder | None
    assignee: int = 0
    assignee_name: str = ""


@dataclass(frozen=True, slots=True)
class Colleague:
    """Who a case is to be handed to, and what bars them."""

    id: int
    name: str
    is_person: bool
    active: bool
    works: bool
    part_in: PartIn


def hand_over(hands: Hands, *, me: int, leads: bool) -> Answer:
    """Whether this person may hand the case over: who holds it, who it is assigned to, or a lead."""
    holder = hands.holder.user_id if hands.holder else 0
    if hands.state not in State.PENDING:
        mend = _NOT_NOW.get(State(hands.state), "Only open cases can be handed over.")
        return Forbidden(f"{hands.ref} is {State(hands.state).label.lower()}. {mend}", Stale)
    if leads or me == holder:
        return Allowed()
    if me != hands.assignee:
        return Forbidden(f"Only who has claimed {hands.ref}, who it is assigned to, or a lead can hand it over.")
    if hands.holder:
        return Forbidden(f"{hands.holder.name} has claimed {hands.ref}. Ask them or a lead to hand it over.", Stale)
    return Allowed()


def take_back(hands: Hands, *, me: int, leads: bool) -> Answer:
    """Whether this person may end the assignment of the case: who it is assigned to, or a lead."""
    if not hands.assignee:
        return Forbidden(f"{hands.ref} is not assigned.", Stale)
    if not leads and me != hands.assignee:
        return Forbidden(f"{hands.ref} is assigned to {hands.assignee_name}. Ask them or a lead to return it.")
    return Allowed()


def receive(hands: Hands, to: Colleague) -> Answer:
    """Whether a case can be handed to this colleague."""
    if not (to.is_person and to.active):
        return Forbidden(f"{to.name} cannot sign in. Choose another colleague.", Invalid, "to")
    if not to.works:
        return Forbidden(f"{to.name} does not work this queue. Choose another colleague.", Invalid, "to")
    if to.part_in["contradiction_of_mine"]:
        return Forbidden(f"{to.name} made one of the decisions that {hands.ref} contradicts.", Invalid, "to")
    if to.part_in["escalated_by_me"]:
        return Forbidden(f"{to.name} transferred {hands.ref} to this queue and cannot decide it.", Invalid, "to")
    if to.part_in["proposed_by_me"]:
        return Forbidden(f"{to.name} asked to defer {hands.ref} past the cutover. Choose another.", Invalid, "to")
    if hands.holder and hands.holder.user_id == to.id:
        return Forbidden(f"{to.name} has claimed {hands.ref} already.", Invalid, "to")
    if hands.assignee == to.id:
        return Forbidden(f"{hands.ref} is already assigned to {to.name}.", Invalid, "to")
    return Allowed()


def seen(hands: Hands, looked_at: int) -> Answer:
    """Whether the case is assigned to whom the person saw it assigned to (0: to none)."""
    if hands.assignee == looked_at:
        return Allowed()
    now = f"assigned to {hands.assignee_name}" if hands.assignee else "no longer assigned"
    return Forbidden(f"{hands.ref} is {now} in the meantime. Look at it again, then hand it over.", Stale)


def why(text: str) -> Answer:
    """Whether a reason was given, and is short enough."""
    if not 0 < len(text.strip()) <= REASON_CHARACTERS:
        return Forbidden(f"Enter a reason (at most {REASON_CHARACTERS} characters).", Invalid, "why")
    return Allowed()
