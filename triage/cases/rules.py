"""What may be done with a case: by its state (the table in ``machine``) and by the person.

Pure functions: no database, no clock, no request. Each answers with ``Allowed`` or with ``Forbidden`` and a sentence
that fits a button, a form and an API error alike.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol, TypedDict

from console.answers import Allowed, Answer, Forbidden
from console.errors import Invalid, Stale
from triage.cases import deferral_rules
from triage.cases.kinds import Verdict
from triage.cases.machine import after
from triage.cases.models import Decision, State
from triage.cases.models.decision import Until

NOTE_CHARACTERS = 4000
REASON_CHARACTERS = 300
ANYWHERE = Allowed()

_DONE = {
    "claim": "claimed",
    "settle": "decided",
    "defer": "deferred",
    "put_off": "deferred",
    "ask": "put on hold",
    "propose": "proposed for deferral",
    "transfer": "transferred",
    "wake": "resumed",
    "answer": "resumed",
    "undo": "undone",
    "call_back": "called back",
    "end_claim": "released by its reviewer",
    "reverse": "reversed",
    "overrule": "reversed",
}


class Sentence(Protocol):
    """An earlier decision in words: its case, verdict, person and time."""

    @property
    def sentence(self) -> str:
        """The words."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a claim, until when, and since when where that was asked."""

    user_id: int
    name: str
    expires_at: dt.datetime
    taken_at: dt.datetime | None = None


def move(ref: str, state: str, verb: str) -> Answer:
    """Whether the table has the move ``verb`` from ``state``."""
    if after(state, verb) is None:
        return Forbidden(f"{ref} is {State(state).label.lower()}; it cannot be {_DONE.get(verb, verb)} now.", Stale)
    return Allowed()


def claim(
    ref: str,
    state: str,
    *,
    holder: Holder | None,
    me: int,
    works: bool,
    escalated_by_me: bool,
    contradiction_of_mine: bool = False,
    assigned_to: str = "",
    proposed_by_me: bool = False,
) -> Answer:
    """Whether this person may claim the case. An expired claim is no holder; pass None for it.

    ``contradiction_of_mine``: the person made the verdict that contradicts others, or one of those that it contradicts.
    ``assigned_to``: the colleague it is assigned to, for a person who may not take it from them.
    """
    if works and contradiction_of_mine:
        return Forbidden(f"You made one of the decisions that contradict each other in {ref}. A third person decides.")
    if not works:
        return Forbidden("Your roles do not allow you to work this queue.")
    if proposed_by_me:
        return deferral_rules.answer(ref, mine=True)
    if escalated_by_me:
        return Forbidden(f"You transferred {ref} to this queue. Another reviewer must decide it.")
    if holder is not None:
        name = "You have" if holder.user_id == me else f"{holder.name} has"
        return Forbidden(f"{name} already claimed {ref}.", Stale)
    if assigned_to:
        return Forbidden(f"{ref} is assigned to {assigned_to}. Ask them or a lead to hand it over.")
    # An expired claim is no claim, even before the sweep removes it.
    return move(ref, State.OPEN if state == State.CLAIMED else state, "claim")


def hold_more(held: int, *, limit: int) -> Answer:
    """Whether a person who holds so many cases may claim one more, of a queue with this limit."""
    if held >= limit:
        cases = "1 case" if held == 1 else f"{held} cases"
        return Forbidden(f"You hold {cases}, and may claim up to {limit} here. Decide or release one first.", Stale)
    return Allowed()


class PartIn(TypedDict):
    """What a person had to do with a case before it came to its queue."""

    escalated_by_me: bool
    contradiction_of_mine: bool
    proposed_by_me: bool


def part_in(decisions: Iterable[Decision], me: int, queue: int, *, proposal: Decision | None) -> PartIn:
    """What ``me`` had to do with the decisions that sent a case to ``queue``, and with the ``proposal`` on it."""
    mine = [decision for decision in decisions if decision.bars(me, queue)]
    against = any(decision.contradicts for decision in mine)
    asked = proposal is not None and proposal.by_id == me
    return {"escalated_by_me": bool(mine) and not against, "contradiction_of_mine": against, "proposed_by_me": asked}


def sibling(ref: str, other: str) -> Answer:
    """Two cases about one source record are never claimed at the same time."""
    about = f" with {other}" if other else " with another case"
    return Forbidden(f"{ref} shares a record{about}, which is claimed. Try again when that case is closed.", Stale)


def hold(ref: str, holder: Holder | None, *, me: int, now: dt.datetime) -> Answer:
    """Whether this person holds a claim on the case that still runs."""
    if holder is None:
        return Forbidden(f"You have not claimed {ref}. Claim it first.", Stale)
    if holder.user_id != me:
        return Forbidden(f"{holder.name} has claimed {ref} in the meantime.", Stale)
    if holder.expires_at <= now:
        return Forbidden(f"Your claim on {ref} has expired. Claim it again.", Stale)
    return Allowed()


def seen(ref: str, revision: int, looked_at: int) -> Answer:
    """Whether the person looked at the case as it is now."""
    if revision != looked_at:
        return Forbidden(f"{ref} changed after you opened it. Review the changes, then decide.", Stale)
    return Allowed()


def wave(name: str, *, frozen: bool, because: str) -> Answer:
    """Whether decisions may still be made in a wave: not once a gate has frozen it."""
    if frozen:
        why = f": {because}" if because else ""
        return Forbidden(f"The wave “{name}” is frozen{why}. Its cases cannot be decided now.")
    return Allowed()


def verdict(
    spec: Verdict | None,
    code: str,
    *,
    reason: str,
    reasons: Iterable[str],
    note: str,
    content: bool,
    severe: bool,
    until: Until | None,
    asked_of: str,
    now: dt.datetime,
    offered: Answer = ANYWHERE,
) -> Answer:
    """Whether a verdict is complete: known, with its reason, and with what it needs besides.

    ``offered``: whether this case has the verdict. ``content``: whether any was sent; what it says is read by its kind.
    """
    if not code:
        return Forbidden("Choose a verdict.", Invalid, "verdict")
    if spec is None:
        return Forbidden(f"“{code}” is not a valid verdict for this type of case.", Invalid, "verdict")
    if not offered:
        return offered
    if len(note) > NOTE_CHARACTERS:
        return Forbidden(f"The note is longer than {NOTE_CHARACTERS} characters.", Invalid, "note")
    if not reason and (spec.reason_required or severe):
        return Forbidden(f"“{spec.label}” needs a reason.", Invalid, "reason")
    if reason and reason not in set(reasons):
        return Forbidden(f"“{reason}” is not a valid reason for “{spec.label}”.", Invalid, "reason")
    return _needed(spec, content=content, until=until, asked_of=asked_of, now=now)


def _needed(spec: Verdict, *, content: bool, until: Until | None, asked_of: str, now: dt.datetime) -> Answer:
    """Whether what the verdict needs besides its reason was sent."""
    if content and spec.content is None:
        return Forbidden(f"“{spec.label}” takes no content.", Invalid)
    if spec.content and spec.content.required and not content:
        return Forbidden(spec.content.missing, Invalid, spec.content.field)
    if not (ends := deferral_rules.until(spec, until, now)):
        return ends
    if spec.needs == "asked_of" and not asked_of.strip():
        return Forbidden("Enter who should provide the information.", Invalid, "asked_of")
    return Allowed()


def confirm(warning: str, *, confirmed: bool) -> Answer:
    """Whether the reviewer has confirmed what the case's kind warns of; an empty ``warning`` needs no confirmation."""
    if warning and not confirmed:
        return Forbidden(f"{warning} Confirm that you have read this, then save again.", Invalid, "confirmed")
    return Allowed()


def transfer(ref: str, queue: str, *, has_target: bool) -> Answer:
    """Whether there is a queue to transfer the case to."""
    if not has_target:
        why = f"{ref} cannot be transferred: queue “{queue}” has no target queue. Ask a queue lead to set one."
        return Forbidden(why, Invalid)
    return Allowed()


def undo(ref: str, state: str, *, decided_by: int | None, me: int, released: bool) -> Answer:
    """Whether this person may undo the latest decision: their own, and not released yet."""
    if decided_by is None:
        return Forbidden(f"There is no decision on {ref} to undo.", Stale)
    if decided_by != me:
        return Forbidden(f"{ref} was decided by another reviewer. Only that reviewer can undo it.")
    if released or state in State.IN_FEED:
        return Forbidden(f"The decision on {ref} has been released. A queue lead can reverse it.", Stale)
    return move(ref, state, "undo")


def call_back(ref: str, state: str, *, mine: bool, there: bool, holder: Holder | None, in_time: bool) -> Answer:
    """Whether a person may undo a decision that sent the case to another queue: theirs, soon, and not worked there.

    ``there``: the case is where the decision sent it, and nothing about it has changed since.
    """
    if not mine:
        return Forbidden(f"{ref} was decided by another reviewer. Only that reviewer can undo it.")
    if not in_time:
        why = f"The time to undo the decision on {ref} has passed. Ask the queue that it was sent to."
        return Forbidden(why, Stale)
    if holder is not None:
        return Forbidden(f"{holder.name} has claimed {ref} in the meantime. The decision stays.", Stale)
    if not there:
        return Forbidden(f"{ref} has changed since your decision, which stays.", Stale)
    return move(ref, state, "call_back")


def reverse(ref: str, state: str, *, allowed: bool, reason: str, verb: str = "reverse") -> Answer:
    """Whether a released decision may be reversed by this person, for this reason.

    ``verb`` is ``overrule`` for one that is not released yet, which only an adjudication may reverse.
    """
    field = "note" if verb == "overrule" else "reason"
    if not allowed:
        return Forbidden("Your roles do not allow you to reverse decisions of this queue.")
    if not reason.strip():
        return Forbidden("Enter a reason for the reversal.", Invalid, field)
    if len(reason) > NOTE_CHARACTERS:
        return Forbidden(f"The reason is longer than {NOTE_CHARACTERS} characters.", Invalid, field)
    return move(ref, state, verb)


def overrule(decision: int, *, in_question: bool) -> Answer:
    """Whether an adjudication may reverse a decision on another case: only one that the case contradicts."""
    said = f"Decision {decision} does not contradict this case. Reverse it on its own case."
    return Allowed() if in_question else Forbidden(said, Invalid, "reverse")


def adjudicate(*, adjudicates: bool) -> Answer:
    """Whether decisions on other cases may be reversed with this one."""
    if not adjudicates:
        said = "Only the adjudication of contradictory decisions may reverse other decisions."
        return Forbidden(said, Invalid, "reverse")
    return Allowed()


def contradicts(verdict: str, earlier: Iterable[Sentence], *, queue: str, adjudicates: bool) -> Answer:
    """The refusal of a verdict that contradicts settled decisions and cannot be sent to a third person."""
    said = "; ".join(one.sentence for one in earlier)
    if adjudicates:
        why = f"“{verdict}” still contradicts {said}. Reverse what was wrong, or decide otherwise."
        return Forbidden(why, Stale, "reverse")
    why = f"queue “{queue}” has no queue for contradictory decisions. Ask a queue lead to set one."
    return Forbidden(f"“{verdict}” contradicts {said}, and {why}", Stale)


def remove_claim(ref: str, state: str, *, allowed: bool, reason: str) -> Answer:
    """Whether this person may remove another reviewer's claim, for this reason."""
    if not allowed:
        return Forbidden("Your roles do not allow you to remove claims.")
    if not 0 < len(reason.strip()) <= REASON_CHARACTERS:
        return Forbidden(f"Enter a reason (at most {REASON_CHARACTERS} characters).", Invalid, "reason")
    return move(ref, state, "end_claim")


def acknowledge(through: int, last: int) -> Answer:
    """Whether a consumer may say that it has applied the feed up to ``through``."""
    if not 1 <= through <= last:
        return Forbidden(f"The feed ends at position {last}; {through} cannot be acknowledged.", Invalid)
    return Allowed()
