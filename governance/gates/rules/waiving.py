"""When a failure may be waived, and by whom. Expiry is seen when it is read: nothing depends on a scheduler."""

from __future__ import annotations

import datetime as dt
from typing import Final

from governance.gates.rules.values import WaiverSeen
from governance.gates.terms import PolicySeen, SeatSeen, Spec

#: Measures that nobody can waive, whatever a criterion says: unresolved critical exceptions, mistaken identities, no
#: tested way back.
NON_WAIVABLE: Final = frozenset({"critical-open", "identity-errors", "rollback-rehearsed"})
WAIVER_DAYS: Final = 90
CLOCKS: Final = dt.timedelta(minutes=5)


def is_waivable(spec: Spec) -> bool:
    """Whether a failure of this criterion could be waived at all."""
    return spec.waivable and spec.measure not in NON_WAIVABLE


def is_active(waiver: WaiverSeen, now: dt.datetime) -> bool:
    """Whether the waiver is granted, by somebody else than asked for it, and neither over nor taken back at ``now``."""
    if waiver.granted is not True or waiver.decided_by is None or waiver.decided_at is None:
        return False
    if waiver.decided_by == waiver.requested_by or waiver.decided_at > now + CLOCKS:
        return False
    return now < waiver.not_after and (waiver.revoked_at is None or now < waiver.revoked_at)


def approvers(policy: PolicySeen, domain: str, requested_by: int) -> frozenset[int]:
    """Who may decide a waiver in this domain: those whose seats may veto in it, or the chair if no seat does.

    A holder who asked for it themselves, or is not able, leaves it to their alternate.
    """
    seats = [seat for seat in policy.seats if domain in seat.vetoes] or [seat for seat in policy.seats if seat.chair]
    return frozenset(person for seat in seats if (person := _answers(seat, requested_by)) is not None)


def _answers(seat: SeatSeen, requested_by: int) -> int | None:
    for person in (seat.holder, seat.alternate):
        if person is not None and person in seat.able and person != requested_by:
            return person
    return None
