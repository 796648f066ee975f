"""How a gate stands, by its latest package and the clock. Time's ends are seen when they are read."""

from __future__ import annotations

import datetime as dt
from typing import Final

from governance.gates.models.signing import Outcome
from governance.gates.rules.values import End, GateState, PackageData

#: How long a board may take to consolidate and decide after the poll has closed.
DECIDE_WITHIN: Final = dt.timedelta(hours=24)
_ENDS: Final[dict[str, GateState]] = {End.WITHDRAWN: GateState.WITHDRAWN, End.LAPSED: GateState.LAPSED}


def _ends_at(package: PackageData) -> dt.datetime | None:
    """When this package lapses if nothing more happens; None once it has an end already."""
    if package.started or package.superseded or package.outcome == Outcome.NO_GO:
        return None
    return package.valid_until if package.outcome else package.closes_at + DECIDE_WITHIN


def is_live(package: PackageData | None, now: dt.datetime) -> bool:
    """Whether a package is live: signatures on it count or may still be given."""
    end = _ends_at(package) if package is not None else None
    return end is not None and now <= end


def gate_state(package: PackageData | None, now: dt.datetime) -> GateState:
    """The state of a gate whose newest package this is (None: nothing was sealed yet)."""
    if package is None:
        return GateState.COLLECTING
    if package.started:
        return GateState.BEGUN
    if package.superseded:
        return ended_by(package.superseded)
    if package.outcome == Outcome.NO_GO:
        return GateState.NO_GO
    if not is_live(package, now):
        return GateState.LAPSED
    if package.outcome:
        return GateState(package.outcome)
    return GateState.CONSOLIDATED if package.consolidated else GateState.POLLING


def ended_by(cause: str) -> GateState:
    """The state of a package that this ended: an ``End``, or the cause of a change."""
    return _ENDS.get(cause, GateState.SUPERSEDED)


def has_cut_over(*, started: bool, exits: bool, stands: bool) -> bool:
    """Whether a wave's cutover is complete: it has started, and its exit gate, if it has one, ``stands`` with a GO."""
    return started and (stands or not exits)
