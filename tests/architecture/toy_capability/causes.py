"""Why facts of procedures change."""

from __future__ import annotations

from console.fact_changes import Cause


class ProcedureCause(Cause):
    """Changes of a procedure and of the exemptions from it."""

    WRITTEN = "procedure_written"
    EXEMPTION_DECIDED = "procedure_exemption_decided"
    EXEMPTION_REVOKED = "procedure_exemption_revoked"
