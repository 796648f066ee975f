"""The facts of one wave, for tests that speak of one: ``None`` where there is none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from triage import facts
from triage.facts import (
    CaseScope,
    Cell,
    Count,
    Ratio,
    RunFact,
    UnitScope,
    critical_of,
    critical_refs,
    has_case,
    recalled,
    records_address,
)

__all__ = ["Cell", "Count", "Ratio", "RunFact", "critical_of", "critical_refs", "has_case", "recalled",
           "records_address"]  # fmt: skip


def open_cells(wave: int) -> list[Cell]:
    return facts.open_cells([wave])[wave]


def open_cases(wave: int, *, severity: int | None = None, kind: str = "", domain: str = "") -> Count | None:
    return next(iter(facts.open_cases([CaseScope(wave, severity, kind, domain)]).values()), None)


def unresolved_critical(wave: int) -> Count | None:
    return facts.unresolved_critical([wave]).get(wave)


def critical_arrivals(wave: int) -> int:
    return facts.critical_arrivals([wave])[wave]


def resolvers_of_critical(wave: int, people: Iterable[int]) -> frozenset[int]:
    return facts.resolvers_of_critical({wave: people})[wave]


def reconciliation(wave: int, *, layer: str = "", domain: str = "") -> Ratio | None:
    return next(iter(facts.reconciliation([UnitScope(wave, layer, domain)]).values()), None)


def reconciliation_cells(wave: int) -> list[tuple[str, str]]:
    return facts.reconciliation_cells([wave]).get(wave, [])


def sla_attainment(wave: int, *, since: dt.datetime) -> Ratio | None:
    return facts.sla_attainment([wave], since=since).get(wave)


def rejected_lines(wave: int) -> Ratio | None:
    found = facts.latest_runs([facts.RunScope(wave)])
    return found[facts.RunScope(wave)].rejected if found else None


def decision_errors(wave: int, *, kind: str) -> Ratio | None:
    return facts.decision_errors([wave], kind=kind).get(wave)


def runs(wave: int, *, limit: int = 5) -> list[RunFact]:
    return facts.runs([wave], limit=limit)[wave]
