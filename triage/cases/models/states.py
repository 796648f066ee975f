"""The states of a case and the groups that pages, queries and SQL speak of. Each group stands here and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable
from enum import nonmember

from django.db import models


class State(models.TextChoices):
    """Where a case stands. The moves between these are the table in ``machine.py``."""

    OPEN = "open", "Open"
    CLAIMED = "claimed", "Claimed"
    DEFERRED = "deferred", "Deferred"
    WAITING = "waiting", "Waiting for information"
    DECIDED = "decided", "Decided"
    RELEASED = "released", "Released"
    ACKNOWLEDGED = "acknowledged", "Acknowledged"
    VERIFIED = "verified", "Verified"
    WITHDRAWN = "withdrawn", "Withdrawn"

    #: Not settled; what governance counts as open.
    UNRESOLVED = nonmember(("open", "claimed", "deferred", "waiting"))
    #: It waits for something or someone named, and can be resumed before.
    PAUSED = nonmember(("deferred", "waiting"))
    #: Its due time still runs.
    PENDING = nonmember(("open", "claimed"))
    #: A decision stands that settles it.
    SETTLED = nonmember(("decided", "released", "acknowledged", "verified"))
    #: Its decision is in the feed.
    IN_FEED = nonmember(("released", "acknowledged", "verified"))

    @classmethod
    def sql(cls, states: Iterable[str]) -> str:
        """States as the right side of SQL's IN: constants of ours, so that the planner knows them."""
        return f"({', '.join(repr(str(cls(state))) for state in states)})"

    @property
    def phase(self) -> str:
        """What governance counts it as: unresolved, settled, verified or withdrawn (``sql/wave_tally.sql``)."""
        if self in {State.VERIFIED, State.WITHDRAWN}:
            return str(self)
        return "unresolved" if self in State.UNRESOLVED else "settled"
