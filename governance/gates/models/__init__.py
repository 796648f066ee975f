"""What is true of gates: questions (``gate``), what bears on them (``bearing``), what was signed (``signing``)."""

from __future__ import annotations

from governance.gates.models.assessments import Attestation, ControlTest, Evaluation, Waiver
from governance.gates.models.gate import Criterion, CriterionVersion, Gate, Kind, Phase, Policy, Seat
from governance.gates.models.signing import (
    Act,
    Ballot,
    Choice,
    Condition,
    Consolidation,
    DecisionPackage,
    GateDecision,
    Outcome,
    Revalidation,
    Signature,
    Supersession,
)

__all__ = [
    "Act",
    "Attestation",
    "Ballot",
    "Choice",
    "Condition",
    "Consolidation",
    "ControlTest",
    "Criterion",
    "CriterionVersion",
    "DecisionPackage",
    "Evaluation",
    "Gate",
    "GateDecision",
    "Kind",
    "Outcome",
    "Phase",
    "Policy",
    "Revalidation",
    "Seat",
    "Signature",
    "Supersession",
    "Waiver",
]
