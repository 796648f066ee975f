"""The numbers governance may read of triage: the only door. Each says what it counts and of which time it speaks.

``as_of`` is the time of the data, not of the question: when the pipeline finished the latest loaded run of the wave.
None of these scans cases; a wave of which no run has been loaded has no facts, and says so by None.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Count:
    """A number of things, as of a time. ``of``: how many there are to be counted among (None: no such number)."""

    value: int
    as_of: dt.datetime
    of: int | None = None


@dataclass(frozen=True, slots=True)
class Ratio:
    """A share, exactly."""

    numerator: int
    denominator: int
    as_of: dt.datetime


@dataclass(frozen=True, slots=True)
class Cell:
    """Open cases of one kind, severity (1 to 4) and domain."""

    kind: str
    severity: int
    domain: str
    count: int


@dataclass(frozen=True, slots=True)
class RunFact:
    """A loaded run of a wave. ``transformation`` is its digest."""

    id: int
    run_id: str
    finished_at: dt.datetime
    transformation: str
    recalled: bool


def open_cells(wave_id: int) -> list[Cell]:
    """Unresolved cases (open, claimed, deferred, waiting) of a wave by kind, severity and domain."""
    raise NotImplementedError


def open_cases(wave_id: int, *, severity: int | None = None, kind: str = "", domain: str = "") -> Count | None:
    """Unresolved cases of a wave, narrowed."""
    raise NotImplementedError


def unresolved_critical(wave_id: int) -> Count | None:
    """Unresolved critical cases of a wave, whatever their kind; ``of`` is the number of cases the wave ever had."""
    raise NotImplementedError


def critical_arrivals(wave_id: int) -> int:
    """How often a case of the wave has become an unresolved critical one so far. Only ever grows."""
    raise NotImplementedError


def resolvers_of_critical(wave_id: int) -> frozenset[int]:
    """The people whose standing decisions settled critical cases of the wave."""
    raise NotImplementedError


def reconciliation(wave_id: int, *, layer: str = "", domain: str = "") -> Ratio | None:
    """Reconciled units of the latest loaded run that reports any (layers: storage, schema, record, workflow)."""
    raise NotImplementedError


def sla_attainment(wave_id: int, *, since: dt.datetime) -> Ratio | None:
    """Of the cases decided since then, those decided by their due time."""
    raise NotImplementedError


def rejected_lines(wave_id: int) -> Ratio | None:
    """Lines turned away of all lines of the latest loaded run."""
    raise NotImplementedError


def identity_errors(wave_id: int) -> Ratio | None:
    """Decisions on merges that a later run disproved, of those that a run has proved or disproved."""
    raise NotImplementedError


def runs(wave_id: int, *, limit: int = 5) -> list[RunFact]:
    """The latest settled runs of a wave, loaded or recalled, newest first."""
    raise NotImplementedError


def critical_refs(wave_id: int, *, limit: int = 20) -> list[str]:
    """The names (``EX-1042``) of unresolved critical cases of a wave, oldest first."""
    raise NotImplementedError


def has_case(refs: Iterable[str]) -> set[str]:
    """Those of the names that are cases."""
    raise NotImplementedError
