"""Where risks stand in the shell: navigation, the book's verbs, what they listen to and which bounds they ask for."""

from __future__ import annotations

from typing import Final

from console import fact_changes
from console.audit import verbs
from console.ui import nav
from console.ui.nav import NavItem
from governance.measures import bounds
from governance.risks import actions, queries

#: What the book says of risks: verb, sentence after the actor's name, icon.
VERBS: Final = (
    ("risk.added", "added the risk {subject}: {title}", "shield-plus"),
    ("risk.template_used", "started the risk register of {wave} from {template}: {count} risks", "shield-plus"),
    ("risk.edited", "edited {subject}: {fields}", "pencil"),
    ("risk.rated", "rated {subject} {level} ({kind}, {scheme}); before: {was}", "gauge"),
    ("risk.reviewed", "reviewed {subject}", "eye"),
    ("risk.closed", "closed {subject}: {reason}", "archive"),
    ("risk.reopened", "reopened {subject}: {reason}", "rotate-ccw"),
    ("risk.acceptance_asked", "requested acceptance of {subject} at {level} until {not_after}", "hand"),
    ("risk.acceptance_taken_up", "started review of the acceptance request for {subject}", "search"),
    ("risk.acceptance_decided", "decided on the acceptance of {subject}: {outcome} at {level}", "gavel"),
    ("risk.acceptance_revoked", "revoked the acceptance of {subject}", "ban"),
    ("risk.linked", "linked {subject} with {target}", "link"),
    ("risk.unlinked", "unlinked {subject} from {target}", "unlink"),
    ("risk.control_planned", "planned a control of {subject}", "shield"),
    ("risk.control_in_place", "marked a control of {subject} as implemented", "shield-check"),
    ("risk.control_dropped", "removed a control from {subject}", "shield-minus"),
    ("risk.reassess_forced", "requested reassessment of {risks}: {cause}", "bell"),
    (
        "risk.tended",
        "escalated {escalated}, noted ended acceptances of {expired}, asked to rate {reassess}",
        "alarm-clock",
    ),
    ("risk.escalation_acknowledged", "acknowledged that {subject} is overdue", "check-check"),
)
GROUP: Final = "Governance"


def register() -> None:
    """Register all of it, once the apps are ready."""
    for code, sentence, icon in VERBS:
        verbs.register(code, sentence, icon)
    nav.register(NavItem("Risks", "risks:register", "shield-alert", "g k", queries.SEE, 530, GROUP, "waves.Wave"))
    fact_changes.subscribe(actions.hear)
    bounds.register("risks", queries.bounds_of)
