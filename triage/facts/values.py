"""The numbers that facts are told in, and what they can be asked about. Pure values."""

from __future__ import annotations

import datetime as dt
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
    """Unresolved cases of one kind, severity (1 to 4) and domain. ``domain`` is empty beyond the first 200."""

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


@dataclass(frozen=True, slots=True)
class CaseScope:
    """The cases of a wave that are asked about; an empty field does not narrow."""

    wave: int
    severity: int | None = None
    kind: str = ""
    domain: str = ""


@dataclass(frozen=True, slots=True)
class UnitScope:
    """The reconciled units of a wave that are asked about; an empty field does not narrow."""

    wave: int
    layer: str = ""
    domain: str = ""
    purpose: str = ""


@dataclass(frozen=True, slots=True)
class RunScope:
    """The runs of a wave that are asked about: of one purpose, or all."""

    wave: int
    purpose: str = ""


@dataclass(frozen=True, slots=True)
class LatestRun:
    """The latest loaded run of a scope, with its rejected lines of all its lines."""

    id: int
    rejected: Ratio
