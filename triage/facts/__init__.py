"""The numbers governance may read of triage: the only way. Each says what it counts and of which time it speaks.

Every function answers for many waves in one query. ``as_of`` is the time of the data, not of the question: when the
pipeline finished the latest loaded run of the wave, and never later than the run was announced here. A recalled run is
not loaded. None of these scans cases; a wave of which no run has been loaded has no facts, and is left out.
"""

from __future__ import annotations

from triage.facts.cases import (
    critical_arrivals,
    critical_of,
    critical_refs,
    decision_errors,
    deferred_past_cutover,
    has_case,
    open_cases,
    open_cells,
    past_cutover_by_severity,
    records_address,
    resolvers_of_critical,
    sla_attainment,
    unresolved_critical,
)
from triage.facts.runs import latest_runs, recalled, reconciliation, reconciliation_cells, runs
from triage.facts.values import CaseScope, Cell, Count, LatestRun, Ratio, RunFact, RunScope, UnitScope
from triage.queues.models import SEVERITIES, Severity
from triage.runs.purposes import PURPOSES

__all__ = [
    "PURPOSES",
    "SEVERITIES",
    "CaseScope",
    "Cell",
    "Count",
    "LatestRun",
    "Ratio",
    "RunFact",
    "RunScope",
    "Severity",
    "UnitScope",
    "critical_arrivals",
    "critical_of",
    "critical_refs",
    "decision_errors",
    "deferred_past_cutover",
    "has_case",
    "latest_runs",
    "open_cases",
    "open_cells",
    "past_cutover_by_severity",
    "recalled",
    "reconciliation",
    "reconciliation_cells",
    "records_address",
    "resolvers_of_critical",
    "runs",
    "sla_attainment",
    "unresolved_critical",
]
