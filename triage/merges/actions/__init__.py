"""Keep the identities of source records in step with the decisions that stand."""

from __future__ import annotations

from triage.merges.actions.carrying import carry
from triage.merges.actions.ledger import MergeLedger

__all__ = ["MergeLedger", "carry"]
