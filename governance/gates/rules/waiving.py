"""When a failure may be waived, and by whom. Expiry is seen when it is read: nothing depends on a scheduler."""

from __future__ import annotations

import datetime as dt
from typing import Final

from console.answers import Allowed, Answer, Forbidden
from console.errors import Invalid, Stale
from governance.approvals import rules as approvals
from governance.approvals.values import CLOCKS, ApprovalState, state_at
from governance.gates.models.assessments import Result
from governance.gates.rules.values import ConditionData, WaiverData
from governance.gates.values import PolicyData, SeatData, Spec

#: Measures that can never be waived, whatever a criterion says: unresolved critical exceptions, identity errors, no
#: rehearsed rollback.
NON_WAIVABLE: Final = frozenset({"critical-open", "identity-errors", "rollback-rehearsed"})
WAIVER_DAYS: Final = 90
TEXT_CHARACTERS: Final = 4000


def is_waivable(spec: Spec) -> bool:
    """Whether a failure of this criterion could be waived at all."""
    return spec.waivable and spec.measure not in NON_WAIVABLE


def is_active(waiver: WaiverData, now: dt.datetime) -> bool:
    """Return whether the waiver permits at ``now``."""
    return state_at(waiver, now) == ApprovalState.ACTIVE


def approvers(policy: PolicyData, domain: str, requested_by: int) -> frozenset[int]:
    """Who may decide a waiver in this domain: those whose seats may veto in it, or the chair if no seat does.

    A holder who asked for it themselves, or is not able, leaves it to their alternate.
    """
    seats = [seat for seat in policy.seats if domain in seat.vetoes] or [seat for seat in policy.seats if seat.chair]
    return frozenset(person for seat in seats if (person := _answers(seat, requested_by)) is not None)


def may_ask_waiver(
    spec: Spec,
    result: Result,
    *,
    able: bool,
    standing: bool,
    reason: str,
    compensating_control: str,
    not_after: dt.datetime | None,
    now: dt.datetime,
) -> Answer:
    """Whether a waiver may be asked for. ``standing``: one is asked for or active already.

    ``not_after`` None asks before anything is filled in.
    """
    if not able:
        return Forbidden("Your roles do not allow you to request a waiver here.")
    if not is_waivable(spec):
        return Forbidden(f"“{spec.title or spec.code}” cannot be waived.")
    if standing:
        return Forbidden("This criterion already has a waiver request or an active waiver.", Stale)
    if result != Result.FAIL:
        is_ = "passes" if result == Result.PASS else f"is {result}"
        return Forbidden(f"Only a failed criterion can be waived. “{spec.title or spec.code}” {is_}.", Stale)
    if not_after is not None and not now < not_after <= now + dt.timedelta(days=WAIVER_DAYS):
        return Forbidden(f"The expiry date must be in the future and within {WAIVER_DAYS} days.", Invalid)
    return Allowed() if not_after is None else _told(reason, compensating_control)


def may_decide_waiver(
    waiver: WaiverData, spec: Spec, policy: PolicyData | None, *, me: int, able: bool, reason: str, now: dt.datetime
) -> Answer:
    """Whether this person may grant or refuse this waiver. An empty ``reason`` is Invalid: check it last."""
    decides = policy is not None and me in approvers(policy, spec.domain, waiver.requested_by)
    allowed = approvals.may_decide(state_at(waiver, now), "waiver", requester=me == waiver.requested_by, able=True)
    if not allowed:
        return allowed
    if (waiver.code, waiver.version) != (spec.code, spec.version):
        return Forbidden("The criterion changed after the waiver was requested.", Stale)
    if not is_waivable(spec):
        return Forbidden(f"“{spec.title or spec.code}” cannot be waived.")
    if not (able and decides):
        return Forbidden(f"Only the board member with the {spec.domain} veto can decide this waiver.")
    return _reasoned(reason, "Enter the reason for your decision.")


def may_revoke_waiver(
    waiver: WaiverData, spec: Spec, policy: PolicyData | None, *, me: int, able: bool, reason: str, now: dt.datetime
) -> Answer:
    """Return whether this person may end a waiver: who asked, who decided, who decides now, or a steward.

    ``able``: whether they prepare the gate. A seat changes hands: the veto that could refuse a waiver can end it.
    """
    decides = policy is not None and me in approvers(policy, spec.domain, waiver.requested_by)
    involved = able or decides or me in {waiver.requested_by, waiver.decided_by}
    allowed = approvals.may_revoke(state_at(waiver, now), "waiver", able=involved)
    return allowed and _reasoned(reason, "Say why the waiver is revoked.")


def may_meet_condition(condition: ConditionData, *, me: int, now: dt.datetime) -> Answer:
    """Whether this person may confirm that a condition is met: who asked for it, and only what no measure decides."""
    if condition.met_at is not None and condition.met_at <= now + CLOCKS:
        return Forbidden("This condition is confirmed already.", Stale)
    if condition.measure:
        return Forbidden("This condition is checked automatically and cannot be confirmed manually.")
    if me != condition.asked_by:
        return Forbidden("Only the board member who set the condition can confirm it.")
    return Allowed()


def _told(reason: str, compensating_control: str) -> Answer:
    for text, ask in (
        (reason, "Enter a reason for the waiver."),
        (compensating_control, "Enter a compensating control."),
    ):
        if not text.strip():
            return Forbidden(ask, Invalid)
        if len(text) > TEXT_CHARACTERS:
            return Forbidden(f"A text is longer than {TEXT_CHARACTERS} characters.", Invalid)
    return Allowed()


def _answers(seat: SeatData, requested_by: int) -> int | None:
    for person in (seat.holder, seat.alternate):
        if person is not None and person in seat.able and person != requested_by:
            return person
    return None


def _reasoned(reason: str, ask: str) -> Answer:
    if not reason.strip():
        return Forbidden(ask, Invalid)
    if len(reason) > TEXT_CHARACTERS:
        return Forbidden(f"The reason is longer than {TEXT_CHARACTERS} characters.", Invalid)
    return Allowed()
