"""A gate at one moment: everything that a board would sign, read now. Packages are built from this."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from governance.gates.models import Criterion, CriterionVersion, Gate, Policy, Seat, Waiver
from governance.gates.values import EvaluatedCriterion, Material, PolicyData, RiskData
from governance.rollback.models import RollbackPlan
from triage.facts import RunFact


@dataclass(frozen=True, slots=True)
class Held:
    """One criterion of a snapshot: what it says, how it is evaluated (its current version), and how it stands.

    ``waiver`` is the one in force for that very version, whether or not the criterion needs it now.
    """

    criterion: Criterion
    version: CriterionVersion
    evaluated: EvaluatedCriterion
    waiver: Waiver | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A gate as it stands at ``at``, with its wave. The users of seats and waivers are loaded.

    ``policy`` is None (with no seats) until the gate has one; ``board`` says the same as values, with who is able.
    ``risks`` are those open in the wave and the whole programme; ``runs`` the loaded runs counted, newest first;
    ``plan`` the live rollback plan and ``point_of_no_return`` the time it gives now, if any. ``criticals``: arrivals of
    critical exceptions; ``counted``: runs that the newest package counted, without those recalled since; ``prior``:
    phase → digest of the package on which that gate's GO stands, or empty.
    ``loaded``: material part → what it read of the subject. ``material`` is read from all the rest.
    """

    gate: Gate
    at: dt.datetime
    criteria: tuple[Held, ...]
    policy: Policy | None
    seats: tuple[Seat, ...]
    board: PolicyData | None
    risks: tuple[RiskData, ...]
    waivers: tuple[Waiver, ...]
    plan: RollbackPlan | None
    point_of_no_return: dt.datetime | None
    runs: tuple[RunFact, ...]
    criticals: int
    counted: frozenset[int]
    prior: Mapping[str, str]
    loaded: Mapping[str, Any] = field(default_factory=dict)
    material: Material = field(default_factory=Material)

    @property
    def evaluated(self) -> list[EvaluatedCriterion]:
        """Every criterion as it stands."""
        return [held.evaluated for held in self.criteria]
