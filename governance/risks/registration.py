"""What risks declare: navigation, verbs, states, permissions, what they listen to and which thresholds they ask for."""

from __future__ import annotations

from typing import Final

from console.capabilities.declaration import Capability
from console.capabilities.parts import Command, Look, NavItem, Permission, SearchSource, WavePart
from console.fact_changes import SUBSCRIPTIONS, Subscription
from console.waves.causes import WaveCause
from governance.measures.bounds import THRESHOLDS, Asking
from governance.risks import actions, queries, search
from triage.causes import CaseFacts

WAVE: Final = "waves.Wave"

#: Verbs of the audit log about risks: code, sentence after the actor's name, icon.
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
        "escalated risks ({escalated}), recorded expired acceptances ({expired}), requested reassessments ({reassess})",
        "alarm-clock",
    ),
    ("risk.escalation_acknowledged", "acknowledged that {subject} is overdue", "check-check"),
)

#: Looks of the states of risks and of their acceptances.
STATES: Final = {
    "investigating": Look("Investigating", "search", "info"),
    "remediating": Look("Remediating", "wrench", "info"),
    "deviation-requested": Look("Acceptance requested", "hourglass", "outline"),
    "deviation-approved": Look("Accepted", "hand", "special"),
    "proposed": Look("Proposed", "hourglass", "outline"),
    "under_review": Look("Under review", "search", "info"),
}

CAPABILITY: Final = Capability(
    urls="governance.risks.urls",
    api_urls="governance.risks.api_urls",
    navigation=(NavItem("Risks", "risks:register", "shield-alert", "g k", queries.SEE, 530, "Governance", WAVE),),
    commands=(
        Command(label="Add a risk", url_name="risks:add", icon="shield-plus", permission=queries.MANAGE, model=WAVE),
    ),
    search=(
        SearchSource(
            code="risks",
            label="Risks",
            icon="shield-alert",
            find=search.find,
            permission=queries.SEE,
            order=80,
            model=WAVE,
        ),
    ),
    wave_parts=(WavePart("risks:wave", "risks", order=20),),
    verbs=VERBS,
    families={"risk": "Risks"},
    states=STATES,
    permissions=(
        Permission(WAVE, "manage_risks", "Maintain the risk register"),
        Permission(WAVE, "accept_risks", "Accept risks"),
    ),
    parts=(
        THRESHOLDS.part(Asking("risks", queries.bounds_of)),
        SUBSCRIPTIONS.part(Subscription("risks", (CaseFacts, WaveCause), actions.hear)),
    ),
)
