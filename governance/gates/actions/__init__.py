"""What changes gates. Every verb holds the gate's wave, asks the rules, writes, books once and tells who must know."""

from __future__ import annotations

from governance.gates.actions.assessments import attest, record_control_test, withdraw_attestation
from governance.gates.actions.criteria import (
    add_criterion,
    change_criterion,
    make_gates,
    retire_criterion,
    reword_criterion,
)
from governance.gates.actions.deciding import consolidate, decide
from governance.gates.actions.policies import Place, change_policy
from governance.gates.actions.sealing import seal, withdraw
from governance.gates.actions.starting import begin
from governance.gates.actions.voting import Asked, Voted, meet_condition, vote
from governance.gates.actions.waivers import ask_waiver, decide_waiver, revoke_waiver

__all__ = [
    "Asked",
    "Place",
    "Voted",
    "add_criterion",
    "ask_waiver",
    "attest",
    "begin",
    "change_criterion",
    "change_policy",
    "consolidate",
    "decide",
    "decide_waiver",
    "make_gates",
    "meet_condition",
    "record_control_test",
    "retire_criterion",
    "revoke_waiver",
    "reword_criterion",
    "seal",
    "vote",
    "withdraw",
    "withdraw_attestation",
]
