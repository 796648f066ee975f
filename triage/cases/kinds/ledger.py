"""What the settled decisions of a kind assert together: a ledger that is consistent at all times.

``cases`` asks it before a decision settles, and tells it when a decision no longer stands. It knows nothing of what is
asserted. Everything happens in the caller's transaction, with the case locked before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from triage.cases.kinds.content import Json
from triage.cases.models import Case, Decision


class Overtaken(Exception):
    """Another transaction changed what a decision concerns before it was locked: do the whole transaction again."""


class Entry(Protocol):
    """What one decision would assert, with everything that it concerns locked until the transaction ends."""

    @property
    def contradicts(self) -> Sequence[int]:
        """The settled decisions that it cannot stand beside, in ascending order; empty when it can."""

    def record(self, decision: Decision) -> None:
        """Write down what the decision asserts. Raises IntegrityError when the database finds a contradiction."""


class Ledger(Protocol):
    """The assertions of the settled decisions of a kind."""

    def prepare(self, case: Case, verdict: str, content: Json, line: bytes) -> Entry:
        """Lock what the verdict concerns and compare it with what stands. Raises Overtaken.

        ``line``: the line that was decided on, for verdicts with content; empty for others.
        """

    def left_out(self, cases: Sequence[int]) -> Mapping[int, int]:
        """Of these settled cases those whose decision is not in the ledger, with a case that it contradicts (or 0).

        One query: asked for the rows of a list.
        """

    def end(self, cases: Sequence[int]) -> None:
        """End what the decisions on these cases asserted: they were undone or reversed, or the cases reopened."""
