"""The law of gates, in pure functions: no database, no clock, no request.

``evaluating`` judges criteria, ``waiving`` says when a failure may be waived, ``polling`` counts ballots, ``duties``
says who may do what, ``parts`` and ``materiality`` what must not change under signatures, ``state`` how a gate stands.
"""

from __future__ import annotations

from governance.gates.rules.duties import (
    may_begin,
    may_consolidate,
    may_decide,
    may_seal,
    may_vote,
    may_withdraw,
)
from governance.gates.rules.evaluating import blockers, evaluate_criterion, permitted
from governance.gates.rules.materiality import compare, from_json, to_json
from governance.gates.rules.polling import chair, count, findings, seat_of, unheard, waits_for
from governance.gates.rules.state import DECIDE_WITHIN, ended_by, gate_state, has_cut_over, is_live
from governance.gates.rules.values import ConditionData, End, Evaluated, GateState, PackageData, WaiverData
from governance.gates.rules.waiving import (
    NON_WAIVABLE,
    approvers,
    is_active,
    is_waivable,
    may_ask_waiver,
    may_decide_waiver,
    may_meet_condition,
    may_revoke_waiver,
)

__all__ = [
    "DECIDE_WITHIN",
    "NON_WAIVABLE",
    "ConditionData",
    "End",
    "Evaluated",
    "GateState",
    "PackageData",
    "WaiverData",
    "approvers",
    "blockers",
    "chair",
    "compare",
    "count",
    "ended_by",
    "evaluate_criterion",
    "findings",
    "from_json",
    "gate_state",
    "has_cut_over",
    "is_active",
    "is_live",
    "is_waivable",
    "may_ask_waiver",
    "may_begin",
    "may_consolidate",
    "may_decide",
    "may_decide_waiver",
    "may_meet_condition",
    "may_revoke_waiver",
    "may_seal",
    "may_vote",
    "may_withdraw",
    "permitted",
    "seat_of",
    "to_json",
    "unheard",
    "waits_for",
]
