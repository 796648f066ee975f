"""What may be done with a risk, when it must be looked at again, and what an acceptance covers. Pure.

Functions take values, never rows of the database, and no clock: ``now`` is given.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from console.answers import Allowed, Answer, Forbidden
from console.errors import Invalid, Stale
from governance.approvals import rules as approvals
from governance.approvals.values import ApprovalState
from governance.risks.models import AcceptanceState, Detection
from governance.risks.schemes import SEVERITIES

#: Days between two reviews of a risk, by its common severity; an unrated risk is reviewed within a week.
CADENCE: Final = {4: 7, 3: 14, 2: 30, 1: 90}
UNRATED: Final = 7
#: Days that an acceptance may last at most, by the common severity of what is accepted.
LONGEST: Final = {4: 30, 3: 90, 2: 180, 1: 365}
#: The highest level of the common scale, which cannot be accepted.
UNACCEPTABLE: Final = 4
#: How long each escalation step has before the next one.
STEP: Final = dt.timedelta(hours=24)
OWNER, STEWARDS, BOARD = 1, 2, 3
STEPS: Final = {OWNER: "its owner", STEWARDS: "the stewards", BOARD: "the board"}
REASON: Final = 4_000


@dataclass(frozen=True, slots=True)
class Rated:
    """A rating as far as rules look at it."""

    scheme: str
    rank: int
    severity: int


@dataclass(frozen=True, slots=True)
class Step:
    """An escalation that has been made for the present due time."""

    step: int
    at: dt.datetime
    acknowledged_at: dt.datetime | None


def next_review(severity: int | None, now: dt.datetime) -> dt.datetime:
    """When a risk of this common severity (None: not rated) must be looked at again."""
    days = UNRATED if severity is None else CADENCE[severity]
    return now + dt.timedelta(days=days)


def covers(accepted: Rated, current: Rated) -> bool:
    """Whether an acceptance of the one covers the other: no higher level, on either scale."""
    if current.severity > accepted.severity:
        return False
    return current.scheme != accepted.scheme or current.rank <= accepted.rank


def step_due(due_at: dt.datetime, made: Sequence[Step], now: dt.datetime) -> int | None:
    """Return the escalation step that is due now, if any. ``made``: those made for this due time.

    The owner as soon as it is due; each further step 24 h after the one before, or after it was acknowledged:
    an acknowledgement gains a day, and only a review or a rating ends the escalation.
    """
    if now < due_at:
        return None
    if not made:
        return OWNER
    last = max(made, key=lambda one: one.step)
    if last.step >= BOARD or now < (last.acknowledged_at or last.at) + STEP:
        return None
    return last.step + 1


def may_acknowledge(step: int, *, acknowledged: bool, owner: bool, steward: bool, board: bool) -> Answer:
    """Whether this person may acknowledge a step: those whom it was made to."""
    if acknowledged:
        return Forbidden("Already acknowledged.", Stale)
    able = {OWNER: owner or steward, STEWARDS: steward, BOARD: board}
    return Allowed() if able.get(step) else Forbidden(f"Only {STEPS.get(step, 'no one')} may acknowledge this.")


def is_open(ref: str, *, closed: bool) -> Answer:
    """Whether a risk may still be worked on."""
    return Forbidden(f"{ref} is closed; reopen it first.", Stale) if closed else Allowed()


def said(text: str, what: str) -> Answer:
    """Whether a reason is given, in at most 4,000 characters."""
    if not text.strip():
        return Forbidden(f"Enter {what}. It is recorded on the risk.", Invalid)
    return Forbidden(f"Use at most {REASON:,} characters.", Invalid) if len(text) > REASON else Allowed()


def may_review(ref: str, because: str) -> Answer:
    """Whether looking again is enough. ``because``: why an event asks for a new rating, or empty."""
    if because:
        return Forbidden(f"{ref} needs a new rating. A review is not enough: {because}", Stale)
    return Allowed()


def may_close(ref: str, criticals: Collection[str]) -> Answer:
    """Whether a risk may be closed. ``criticals``: linked unresolved critical cases."""
    if criticals:
        names = ", ".join(sorted(criticals)[:5])
        return Forbidden(f"{ref} cannot be closed while critical cases linked with it are unresolved: {names}.", Stale)
    return Allowed()


def may_ask(current: Rated | None, residual: Rated | None, standing: Collection[AcceptanceState]) -> Answer:
    """Whether an acceptance may be asked for. ``standing``: the states of this risk's acceptances now."""
    if current is None:
        return Forbidden("Add a current rating first. An acceptance applies to a rating.")
    if {AcceptanceState.PROPOSED, AcceptanceState.UNDER_REVIEW} & set(standing):
        return Forbidden("An acceptance request is already waiting for the board.", Stale)
    return _may_stand(current, residual)


def _may_stand(current: Rated, residual: Rated | None) -> Answer:
    """Whether anybody may accept this level: what is unacceptable only on the way down to a residual level below."""
    if current.severity >= UNACCEPTABLE and (residual is None or residual.severity >= UNACCEPTABLE):
        word = SEVERITIES[UNACCEPTABLE].lower()
        return Forbidden(f"A risk rated {word} can be accepted only if its residual rating is lower.")
    return Allowed()


def fits_time(severity: int, not_after: dt.datetime, now: dt.datetime) -> Answer:
    """Whether an acceptance may last so long."""
    days = LONGEST[severity]
    sentence = f"A {SEVERITIES[severity].lower()} risk can be accepted for {days} days at most."
    return approvals.may_last(not_after, now, longest=dt.timedelta(days=days, minutes=1), sentence=sentence)


def may_take_up(state: AcceptanceState, *, requester: bool) -> Answer:
    """Whether this person may take a request up for review."""
    if requester:
        return Forbidden("You requested this acceptance, so someone else must review it.")
    if state == AcceptanceState.UNDER_REVIEW:
        return Forbidden("Someone else is already reviewing this request.", Stale)
    if state != AcceptanceState.PROPOSED:
        return Forbidden(f"This acceptance is {state.label.lower()}; there is nothing to take up.", Stale)
    return Allowed()


def may_decide(state: ApprovalState, *, taken_up: bool, requester: bool) -> Answer:
    """Return whether this person may grant or reject a request. It must be taken up for review first."""
    if state == ApprovalState.REQUESTED and not taken_up and not requester:
        return Forbidden("Start the review first.", Stale)
    return approvals.may_decide(state, "acceptance", requester=requester, able=True)


def may_grant(accepted: Rated, current: Rated | None, residual: Rated | None) -> Answer:
    """Whether what was asked for is still what would be accepted."""
    if current is None or not covers(accepted, current):
        return Forbidden("The risk has been rated higher since this request. Submit a new request.", Stale)
    return _may_stand(current, residual)


def alarms(before: Detection, after: Detection) -> bool:
    """Whether a change in what a detection measure says asks for a new rating.

    Out of its bound always does, once; silence does when something was heard before: a measure that never spoke was
    silent when the risk was rated, too.
    """
    if after == Detection.FAILING:
        return before != Detection.FAILING
    return after == Detection.SILENT and before == Detection.SOUND
