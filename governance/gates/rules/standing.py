"""How a gate stands, by its latest package and the clock. Time's ends are seen when they are read."""

from __future__ import annotations

import datetime as dt
from typing import Final

from governance.gates.rules.values import GateState, PackageSeen

#: How long a board may take to consolidate and decide after the poll has closed.
DECIDE_WITHIN: Final = dt.timedelta(hours=24)


def ends_at(package: PackageSeen) -> dt.datetime | None:
    """When this package lapses if nothing more happens; None once it has an end already."""
    raise NotImplementedError


def is_live(package: PackageSeen | None, now: dt.datetime) -> bool:
    """Whether a package is live: signatures on it count or may still be given."""
    raise NotImplementedError


def standing_of(package: PackageSeen | None, now: dt.datetime) -> GateState:
    """The state of a gate whose newest package this is (None: nothing was sealed yet)."""
    raise NotImplementedError
