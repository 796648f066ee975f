"""Why readings of measures change."""

from __future__ import annotations

from console.fact_changes import Cause


class MeasureCause(Cause):
    """How values came in: by the API, or in a run package."""

    REPORTED = "measures_reported"
    ARRIVED = "measures_arrived"
