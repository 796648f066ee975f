"""What is read of risks. Each function costs a constant number of queries."""

from __future__ import annotations

from governance.risks.queries.detail import (
    AcceptanceData,
    Detail,
    Detected,
    Provenance,
    acceptance_of,
    bounds_of,
    control_of,
    critical_cases,
    detail,
    detection,
    detections,
    escalation_of,
    link_of,
    scores_at,
    top_risks,
)
from governance.risks.queries.people import ACCEPT, MANAGE, SEE, board, may_acknowledge, stewards
from governance.risks.queries.register import (
    Filters,
    HeatCell,
    HeatMap,
    heat_map,
    page_of_risks,
    read_filters,
    risk_for,
    visible_risks,
    waves_for,
)
from governance.risks.queries.status import (
    RiskStatusData,
    RiskStatusView,
    latest,
    open_for,
    open_risks_for,
    rated,
    standing,
)

__all__ = [
    "ACCEPT", "MANAGE", "SEE", "AcceptanceData", "Detail", "Detected", "Filters", "HeatCell", "HeatMap", "Provenance",
    "RiskStatusData", "RiskStatusView", "acceptance_of", "board", "bounds_of", "control_of", "counts",
    "critical_cases", "detail", "detection", "detections", "escalation_of", "heat_map", "latest", "link_of",
    "may_acknowledge", "open_for", "open_risks_for", "page_of_risks", "rated",
    "read_filters", "risk_for", "scores_at", "standing", "stewards", "top_risks", "visible_risks",
    "waves_for",
]  # fmt: skip
