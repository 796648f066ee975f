"""Hearing of changes: every change of a fact that a gate may rest on is looked at in its own transaction."""

from __future__ import annotations

from console import fact_changes
from governance.gates.actions.superseding import supersede_if_changed


def register() -> None:
    """Listen from now on."""
    fact_changes.subscribe(supersede_if_changed)
