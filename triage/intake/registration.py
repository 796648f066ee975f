"""Where intake stands in the shell: navigation, the book's verbs, published schemas, the checklist of a new console."""

from __future__ import annotations

from typing import Any

import msgspec

from console import health, schemas
from console.home import Step, register_step
from console.ui import nav
from console.ui.nav import NavItem
from triage import line_handlers
from triage.intake import queries, reconciliation, verbs
from triage.intake.actions.reconciliations import keep_lines
from triage.intake.manifest import Manifest
from triage.intake.records import RecordExcerpt
from triage.line_handlers import LineHandler
from triage.runs.models import Source

VIEW, MANAGE = "runs.view_runs", "runs.manage_source"


def register() -> None:
    """Register all of it, once the apps are ready."""
    verbs.teach()
    for label, url_name, icon, key, order in (
        ("Runs", "intake:runs", "package-open", "g r", 300),
        ("Sources", "intake:sources", "folder-input", "", 310),
    ):
        nav.register(NavItem(label, url_name, icon, key=key, permission=VIEW, order=order, model="runs.Source"))
    why = "Manifests name the source that they come from; a directory source is polled by itself."
    register_step(Step("Set up a source", why, "intake:make-source", MANAGE, Source.objects.exists, order=30))
    schemas.register("manifest", "Manifest of a run package", lambda: _schema(Manifest))
    schemas.register("records", "Line of a records file", lambda: _schema(RecordExcerpt))
    title = "Line of a reconciliation file"
    line_handlers.register(
        LineHandler("reconciliation", title, reconciliation.decode, keep_lines, reconciliation.schema)
    )
    health.register_gauge(
        "concord_runs", "Runs that are under way or in trouble, by state.", queries.counts_by_state, labels=("state",)
    )


def _schema(shape: type) -> dict[str, Any]:
    return msgspec.json.schema(shape)
