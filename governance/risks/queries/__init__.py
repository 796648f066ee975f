"""What is read of risks. Each function costs a constant number of queries."""

from __future__ import annotations

from governance.risks.queries.standing import RiskStanding, Stands, latest, open_for, open_risks_for, rated, standing

__all__ = ["RiskStanding", "Stands", "latest", "open_for", "open_risks_for", "rated", "standing"]
