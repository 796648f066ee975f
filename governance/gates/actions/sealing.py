"""Sealing a decision package, and taking it back."""

from __future__ import annotations

from console.people.models import User
from governance.gates.models import DecisionPackage, Gate, Supersession


def seal(*, gate: Gate, by: User) -> DecisionPackage:
    """Seal what stands now as the gate's next turn, for the board to vote on; a red gate may be sealed too.

    Raises Denied without ``manage_gates``, Stale while another package is live, Invalid without criteria or a policy
    that somebody can fill.
    """
    raise NotImplementedError


def withdraw(*, package: DecisionPackage, reason: str, by: User) -> Supersession:
    """Take a live package back before it is begun. Raises Denied, Invalid without a reason, Stale when it has ended."""
    raise NotImplementedError
