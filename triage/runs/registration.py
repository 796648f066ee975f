"""What runs declare: states and permissions. Their pages stand in ``triage.intake``."""

from __future__ import annotations

from typing import Final

from console.capabilities.declaration import Capability
from console.capabilities.parts import Look, Permission

#: Looks of the states of runs and of their chunks.
STATES: Final = {
    "announced": Look("Received", "megaphone", "outline"),
    "checking": Look("Checking", "scan-search", "info"),
    "checked": Look("Checked", "list-checks", "info"),
    "loading": Look("Loading", "loader", "info"),
    "routing": Look("Routing", "split", "info"),
    "running": Look("Running", "loader", "info"),
    "loaded": Look("Loaded", "circle-check", "success"),
    "quarantined": Look("Quarantined", "shield-alert", "alarm"),
    "failed": Look("Failed", "circle-x", "alarm"),
    "recalled": Look("Recalled", "undo-2", "high"),
    "rejected": Look("Rejected", "circle-x", "alarm"),
}

CAPABILITY: Final = Capability(
    states=STATES,
    permissions=(
        Permission("runs.Source", "view_runs", "See runs"),
        Permission("runs.Source", "push_run", "Send runs in"),
        Permission("runs.Source", "recall_run", "Recall a run"),
        Permission("runs.Source", "manage_source", "Set up sources"),
        Permission("runs.Source", "read_decisions", "Read the decisions of a source"),
        Permission("runs.Source", "acknowledge_decisions", "Acknowledge the decisions of a source"),
    ),
)
