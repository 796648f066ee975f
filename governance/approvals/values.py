"""What an approval is, as values, and its state at a moment. Pure: no database, no clock, no request."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Final, Protocol

#: How far two clocks may differ: a decision from further ahead does not count yet.
CLOCKS: Final = dt.timedelta(minutes=5)


class ApprovalState(StrEnum):
    """The state of an approval at a moment. Only an active one permits."""

    REQUESTED = "requested"
    REFUSED = "refused"
    ACTIVE = "active"
    EXPIRED = "expired"
    REVOKED = "revoked"

    @property
    def stands(self) -> bool:
        """Whether it waits for a decision or permits: there is something left to end."""
        return self in (ApprovalState.REQUESTED, ApprovalState.ACTIVE)


class ApprovalData(Protocol):
    """What decides the state of an approval. People are user keys; ``granted`` is None until it is decided."""

    @property
    def requested_by(self) -> int: ...  # noqa: D102
    @property
    def not_after(self) -> dt.datetime: ...  # noqa: D102
    @property
    def granted(self) -> bool | None: ...  # noqa: D102
    @property
    def decided_by(self) -> int | None: ...  # noqa: D102
    @property
    def decided_at(self) -> dt.datetime | None: ...  # noqa: D102
    @property
    def revoked_at(self) -> dt.datetime | None: ...  # noqa: D102


def state_at(approval: ApprovalData, now: dt.datetime) -> ApprovalState:
    """Return the state at ``now``. Expiry is seen when it is read, whatever any scheduler did."""
    if approval.revoked_at is not None and approval.revoked_at <= now:
        return ApprovalState.REVOKED
    if approval.granted is False:
        return ApprovalState.REFUSED
    if approval.not_after <= now:
        return ApprovalState.EXPIRED
    return ApprovalState.ACTIVE if _is_given(approval, now) else ApprovalState.REQUESTED


def _is_given(approval: ApprovalData, now: dt.datetime) -> bool:
    """Return whether another person than the requester granted it, and no later than now."""
    if not approval.granted or approval.decided_by is None or approval.decided_at is None:
        return False
    return approval.decided_by != approval.requested_by and approval.decided_at <= now + CLOCKS
