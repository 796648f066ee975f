"""The end of a poll, the board's decision, and T-0."""

from __future__ import annotations

from console.people.models import User
from governance.gates.models import Consolidation, DecisionPackage, GateDecision, Revalidation


def consolidate(*, package: DecisionPackage, by: User) -> Consolidation:
    """End the poll and count it; from here on its ballots are seen. For the chair or whoever sealed, once every seat
    has voted or the poll has closed. A second time gives the first consolidation. Raises Denied, Stale.
    """
    raise NotImplementedError


def decide(
    *, package: DecisionPackage, outcome: str, seen: str, proof: str, by: User, statement: str = ""
) -> GateDecision:
    """Decide for the board, and sign; for the chair. Only what the count and the gate allow now; NO-GO always.

    ``seen`` and ``proof`` as in ``voting.vote``. The same decision sent twice gives the first. Raises Denied, Stale,
    Invalid (a NO-GO without a statement).
    """
    raise NotImplementedError


def begin(*, package: DecisionPackage, seen: str, by: User) -> Revalidation:
    """T-0: ask everything again (criteria, conditions, seats); what the GO allowed begins only if all of it holds.

    Not passed: the package is superseded with the findings, which are returned. Raises Denied without ``begin_gates``,
    Stale for another package than seen or one without a GO that stands.
    """
    raise NotImplementedError
