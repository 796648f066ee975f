"""Gates made from templates, and their criteria: worded anew, changed, added, retired."""

from __future__ import annotations

from console.people.models import User
from console.waves.models import Wave
from governance.gates.models import Criterion, CriterionVersion, Gate
from governance.gates.templates import How


def make_gate(*, wave: Wave, phase: str, by: User) -> Gate:
    """Make the gate of one phase from its template, without a policy. Raises Denied, Invalid if there is one."""
    raise NotImplementedError


def make_gates(*, wave: Wave, by: User) -> list[Gate]:
    """Make the gates of all phases that the wave does not have yet. Raises Denied."""
    raise NotImplementedError


def reword_criterion(
    *, criterion: Criterion, title: str, why: str, owner: User | None, order: int, by: User
) -> Criterion:
    """Say a criterion in other words, give it another owner or place. How it is judged stays. Raises Denied, Invalid."""
    raise NotImplementedError


def change_criterion(*, criterion: Criterion, how: How, reason: str, seen: int, by: User) -> CriterionVersion:
    """Judge a criterion in another way from now on: a new version. ``seen`` is the version looked at.

    Raises Denied, Invalid (incomplete, or the same as it is), Stale.
    """
    raise NotImplementedError


def add_criterion(
    *, gate: Gate, code: str, title: str, how: How, reason: str, by: User, why: str = "", owner: User | None = None
) -> Criterion:
    """Ask for one thing more. Raises Denied, Invalid for a code that is taken or an incomplete criterion."""
    raise NotImplementedError


def retire_criterion(*, criterion: Criterion, reason: str, by: User) -> Criterion:
    """Ask for it no longer; what was judged stays on record. Raises Denied, Invalid without a reason, Stale."""
    raise NotImplementedError
