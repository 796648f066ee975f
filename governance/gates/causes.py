"""Why facts of gates change."""

from __future__ import annotations

from console.fact_changes import Cause


class GateCause(Cause):
    """Changes of gates, their criteria, boards, packages, and what is said about criteria."""

    GATES_MADE = "gates_made"
    CRITERION_ADDED = "criterion_added"
    CRITERION_CHANGED = "criterion_changed"
    CRITERION_REWORDED = "criterion_reworded"
    CRITERION_RETIRED = "criterion_retired"
    POLICY_CHANGED = "policy_changed"
    ATTESTED = "attested"
    ATTESTATION_WITHDRAWN = "attestation_withdrawn"
    CONTROL_TESTED = "control_tested"
    WAIVER_ASKED = "waiver_asked"
    WAIVER_DECIDED = "waiver_decided"
    WAIVER_REVOKED = "waiver_revoked"
    CONDITION_MET = "condition_met"
    DECIDED = "gate_decided"
    WITHDRAWN = "gate_withdrawn"
