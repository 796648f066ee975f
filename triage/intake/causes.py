"""Why lines that open no case change facts of a wave."""

from __future__ import annotations

from console.fact_changes import Cause


class IntakeCause(Cause):
    """Lines of a run package, by what became of them."""

    LINES_REJECTED = "lines_rejected"
    EXCERPTS_ARRIVED = "records_arrived"
    RECONCILIATION_ARRIVED = "reconciliation_arrived"
