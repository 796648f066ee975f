"""The values that a gate's rules speak of. Pure: no database, no clock, no request.

``queries`` makes them from rows and readings, ``rules`` evaluates them, ``actions`` records the evaluations.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from governance.gates.models.assessments import Result
from governance.gates.models.gate import Kind
from governance.measures.comparison import Comparison
from governance.measures.readings import Reading
from governance.measures.values import Definition


@dataclass(frozen=True, slots=True)
class Spec:
    """How one criterion is evaluated: its current version, as values. Durations in seconds, ``coverage`` in percent.

    ``definition``: that of its measure, for words only; None where the measure is not defined here.
    """

    code: str
    version: int
    kind: Kind
    title: str = ""
    measure: str = ""
    dimension: str = ""
    operator: Comparison | None = None
    threshold: Decimal | None = None
    min_samples: int = 1
    max_age: int = 86_400
    interval: int | None = None
    consecutive: int | None = None
    coverage: int = 100
    subject: str = ""
    blocking: bool = True
    waivable: bool = True
    domain: str = "operational"
    definition: Definition | None = None


@dataclass(frozen=True, slots=True)
class RiskData:
    """An open risk of the wave or of the whole programme, as the register stands.

    ``severity`` is the level of its current rating on the common scale (1 to 4), None when it has none; ``accepted``
    whether an acceptance of that very rating is active now.
    """

    ref: str
    domain: str
    severity: int | None
    level: str
    accepted: bool
    acceptance: int | None = None


@dataclass(frozen=True, slots=True)
class Observation:
    """What was found for one criterion. Only what its kind needs is given; ``None`` means that nothing was found.

    ``happened_at`` is the time of the latest event (recency), ``satisfied`` what the latest control test, prior gate or
    attestation says (None: there is none), ``said_at`` its time, ``said_by`` who said it, ``said`` it in words.
    """

    reading: Reading | None = None
    happened_at: dt.datetime | None = None
    risks: tuple[RiskData, ...] | None = None
    satisfied: bool | None = None
    said_at: dt.datetime | None = None
    said_by: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True)
class EvaluatedCriterion:
    """One criterion as it stands at a moment. ``basis`` is why it permits: ``pass``, ``waiver:7``, or empty."""

    spec: Spec
    result: Result
    observed: str
    sentence: str
    seen: Observation
    basis: str = ""

    @property
    def permits(self) -> bool:
        """Whether this criterion lets a GO through."""
        return self.basis != ""


@dataclass(frozen=True, slots=True)
class SeatData:
    """A seat with the people who may fill it. ``holder`` and ``alternate`` are user keys.

    ``able``: those of the two who may vote at all: active, with the permission. Separation of duties is not part of
    it: barred members may still abstain or vote NO-GO.
    """

    code: str
    title: str
    required: bool
    chair: bool
    vetoes: frozenset[str]
    holder: int
    alternate: int | None
    able: frozenset[int]


@dataclass(frozen=True, slots=True)
class BallotData:
    """A ballot. ``choice`` is a value of ``Choice``."""

    seat: str
    person: int
    choice: str


@dataclass(frozen=True, slots=True)
class PolicyData:
    """The policy under which a package is voted on."""

    version: int
    quorum: int
    go_needed: int
    seats: tuple[SeatData, ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """What a poll came to. ``outcome`` is the best that it allows; ``reasons`` say why it is not a GO (or nothing)."""

    outcome: str
    present: int
    seats: int
    go: int
    choices: dict[str, int]
    vetoes: tuple[str, ...]
    missing: tuple[str, ...]
    reasons: tuple[str, ...]
    escalate: bool = False


@dataclass(frozen=True, slots=True)
class Material:
    """What must not change under signatures. Anything not in here may change without asking the board again.

    ``parts``: the value of each declared part by its name (``rules.parts``). Version 1 knew only the first ones.
    """

    parts: Mapping[str, Any] = field(default_factory=dict)
    version: int = 2


@dataclass(frozen=True, slots=True)
class Changed:
    """One difference between then and now. It withdraws signatures, unless it is drift."""

    code: str
    sentence: str
    then: str = ""
    now: str = ""


@dataclass(frozen=True, slots=True)
class Drift(Changed):
    """A difference that the board should see and that ends nothing."""
