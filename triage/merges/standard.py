"""The queues and routing rules that a hospital starts with for patient merges."""

from __future__ import annotations

from typing import Final

from triage.queues.kinds import Standard, StandardQueue, StandardRule
from triage.queues.models import Severity

#: Where contradictory decisions are adjudicated: every queue of patient matches sends them there.
ADJUDICATION: Final = StandardQueue(
    "identity-adjudication",
    "Contradictory decisions",
    "Verdicts that contradict settled decisions. A third person reviews both sides.",
)

_ADJUDICATED: Final = {"adjudication": ADJUDICATION.slug}
_ONWARD: Final = {"escalation": "identity-escalated", "overlay": "identity-overlays"} | _ADJUDICATED

#: Reasons of a line that make its conflict clinically significant.
CONFLICTS: Final = (
    "conflicting_identifier",
    "possible_twin",
    "allergy_conflict",
    "blood_type_conflict",
    "conflicting_sex",
)

STANDARD: Final = Standard(
    queues=(
        StandardQueue(
            "identity", "Identity matches", "Ambiguous pairs without a clinically significant conflict.", _ONWARD
        ),
        StandardQueue(
            "identity-high-risk",
            "High-risk matches",
            "Conflicting identifiers or charts, twins, more than two records.",
            _ONWARD,
        ),
        StandardQueue(
            "identity-escalated",
            "Escalated matches",
            "Cases escalated by a reviewer.",
            {"overlay": "identity-overlays"} | _ADJUDICATED,
        ),
        StandardQueue(
            "identity-overlays",
            "Suspected overlays",
            "One record that may contain two patients. Urgent.",
            _ADJUDICATED,
        ),
        ADJUDICATION,
    ),
    rules=(
        StandardRule(
            "Critical and high severity", "identity-high-risk", {"severity_at_least": int(Severity.HIGH)}, priority=20
        ),
        StandardRule(
            "Clinically significant conflicts", "identity-high-risk", {"any_reason": list(CONFLICTS)}, priority=10
        ),
        StandardRule("More than two records", "identity-high-risk", {"size_at_least": 3}),
    ),
)
