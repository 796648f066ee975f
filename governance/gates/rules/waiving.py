"""When a failure may be waived, and by whom. Expiry is seen when it is read: nothing depends on a scheduler."""

from __future__ import annotations

import datetime as dt
from typing import Final

from console.answers import Allowed, Answer, Forbidden
from console.errors import Invalid, Stale
from governance.gates.models.assessments import Result
from governance.gates.rules.values import ConditionData, WaiverData
from governance.gates.values import PolicyData, SeatData, Spec

#: Measures that nobody can waive, whatever a criterion says: unresolved critical exceptions, mistaken identities, no
#: tested way back.
NON_WAIVABLE: Final = frozenset({"critical-open", "identity-errors", "rollback-rehearsed"})
WAIVER_DAYS: Final = 90
CLOCKS: Final = dt.timedelta(minutes=5)
TEXT_CHARACTERS: Final = 4000


def is_waivable(spec: Spec) -> bool:
    """Whether a failure of this criterion could be waived at all."""
    return spec.waivable and spec.measure not in NON_WAIVABLE


def is_active(waiver: WaiverData, now: dt.datetime) -> bool:
    """Whether the waiver is granted, by somebody else than asked for it, and neither over nor taken back at ``now``."""
    if waiver.granted is not True or waiver.decided_by is None or waiver.decided_at is None:
        return False
    if waiver.decided_by == waiver.requested_by or waiver.decided_at > now + CLOCKS:
        return False
    return now < waiver.not_after and (waiver.revoked_at is None or now < waiver.revoked_at)


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
        return Forbidden("Your roles do not allow you to ask for a waiver here.")
    if not is_waivable(spec):
        return Forbidden(f"“{spec.title or spec.code}” cannot be waived by anybody.")
    if standing:
        return Forbidden("This criterion already has a waiver request or an active waiver.", Stale)
    if result != Result.FAIL:
        is_ = "passes" if result == Result.PASS else f"is {result}"
        return Forbidden(f"Only a known failure can be waived; “{spec.title or spec.code}” {is_}.", Stale)
    if not_after is not None and not now < not_after <= now + dt.timedelta(days=WAIVER_DAYS):
        return Forbidden(f"A waiver ends within {WAIVER_DAYS} days, and not in the past.", Invalid)
    return Allowed() if not_after is None else _told(reason, compensating_control)


def may_decide_waiver(
    waiver: WaiverData, spec: Spec, policy: PolicyData | None, *, me: int, able: bool, reason: str, now: dt.datetime
) -> Answer:
    """Whether this person may grant or refuse this waiver. An empty ``reason`` is Invalid: check it last."""
    if waiver.granted is not None or waiver.revoked_at is not None:
        return Forbidden("This waiver request has already been decided.", Stale)
    if waiver.not_after <= now:
        return Forbidden("This waiver has expired.", Stale)
    if (waiver.code, waiver.version) != (spec.code, spec.version):
        return Forbidden("The criterion changed after the waiver was requested.", Stale)
    if not is_waivable(spec):
        return Forbidden(f"“{spec.title or spec.code}” cannot be waived by anybody.")
    if me == waiver.requested_by:
        return Forbidden("You requested this waiver, so someone else must decide it.")
    if not able or policy is None or me not in approvers(policy, spec.domain, waiver.requested_by):
        return Forbidden(f"A waiver of a {spec.domain} criterion is decided by the seat that may veto there.")
    return _reasoned(reason, "Enter the reason for your decision.")


def may_revoke_waiver(
    waiver: WaiverData, spec: Spec, policy: PolicyData | None, *, me: int, able: bool, reason: str, now: dt.datetime
) -> Answer:
    """Whether this person may end a waiver: who asked, who decides on it, or who prepares the gate (``able``)."""
    if waiver.granted is False or waiver.revoked_at is not None or waiver.not_after <= now:
        return Forbidden("This waiver has already ended.", Stale)
    decides = policy is not None and me in approvers(policy, spec.domain, waiver.requested_by)
    if not (able or decides or me in {waiver.requested_by, waiver.decided_by}):
        return Forbidden("Your roles do not allow you to revoke this waiver.")
    return _reasoned(reason, "Say why the waiver is revoked.")


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
