"""What the rules are asked about and what they answer with, beside ``terms``. Pure values."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from governance.gates.models.assessments import Result
from governance.gates.values import BallotData, PolicyData
from governance.measures.comparison import Comparison
from governance.measures.readings import Reading


class Evaluated(NamedTuple):
    """An answer of one criterion: what it came to, the value in words, and a sentence that a board reads."""

    result: Result
    observed: str
    sentence: str


@dataclass(frozen=True, slots=True)
class WaiverData:
    """A waiver as its row stands. It is for one criterion as evaluated by one version; people are user keys."""

    id: int
    code: str
    version: int
    requested_by: int
    not_after: dt.datetime
    granted: bool | None = None
    decided_by: int | None = None
    decided_at: dt.datetime | None = None
    revoked_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class ConditionData:
    """A condition of a ballot. With a ``measure`` that decides alone, otherwise the confirmation of ``asked_by``.

    ``max_age``: seconds after which the measure's reading no longer counts. ``needs``: measure and threshold in words.
    """

    text: str
    asked_by: int
    due_at: dt.datetime
    measure: str = ""
    operator: Comparison | None = None
    threshold: Decimal | None = None
    max_age: int = 86_400
    reading: Reading | None = None
    needs: str = ""
    met_by: int | None = None
    met_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class PackageData:
    """A sealed package and what became of it. ``outcome``: a value of ``Outcome`` once decided, else empty.

    ``superseded``: the cause of its supersession, or empty; pass ``"material"`` when a material change was found while
    reading, before it is recorded.
    """

    turn: int
    sealed_by: int
    closes_at: dt.datetime
    policy: PolicyData
    ballots: tuple[BallotData, ...] = ()
    consolidated: bool = False
    outcome: str = ""
    valid_until: dt.datetime | None = None
    superseded: str = ""
    started: bool = False


class GateState(StrEnum):
    """The word that a gate stands under."""

    COLLECTING = "collecting"
    POLLING = "polling"
    CONSOLIDATED = "consolidated"
    GO = "go"
    GO_WITH_CONDITIONS = "go-with-conditions"
    NO_GO = "no-go"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    BEGUN = "begun"


class End(StrEnum):
    """What ends a package besides a change of facts; stored in the column that else holds the change's cause."""

    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    STALE = "stale"
    NOT_PASSED = "revalidation"
