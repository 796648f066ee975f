"""Why facts of risks change."""

from __future__ import annotations

from console.fact_changes import Cause


class RiskCause(Cause):
    """Changes of a risk, its ratings and its acceptances."""

    ADDED = "risk_added"
    EDITED = "risk_edited"
    CLOSED = "risk_closed"
    REOPENED = "risk_reopened"
    RATED = "risk_rated"
    ACCEPTANCE_ASKED = "acceptance_asked"
    ACCEPTANCE_DECIDED = "acceptance_decided"
    ACCEPTANCE_REVOKED = "acceptance_revoked"
    ACCEPTANCE_EXPIRED = "acceptance_expired"
