"""Where gates stand in the shell: navigation, the book's verbs, a figure for monitoring."""

from __future__ import annotations

from typing import Final

from console.audit import verbs
from console.ui import nav
from console.ui.nav import NavItem
from governance.gates import thresholds
from governance.measures import bounds

#: What the book says of gates and waivers: verb, sentence after the actor's name, icon.
VERBS: Final = (
    ("gate.made", "made the gates {gates} of {wave}", "milestone"),
    ("gate.criterion_added", "added the criterion {criterion} to {subject}: {reason}", "list-plus"),
    ("gate.criterion_changed", "changed the definition of {criterion} in {subject}: {reason}", "list-checks"),
    ("gate.criterion_reworded", "reworded {criterion} of {subject}", "pencil"),
    ("gate.criterion_retired", "retired {criterion} of {subject}: {reason}", "list-x"),
    ("gate.policy_changed", "changed the board of {subject} (policy {version}): {reason}", "users"),
    ("gate.attested", "attested to {criterion} of {subject}", "signature"),
    ("gate.attestation_withdrawn", "withdrew the attestation of {criterion} for {subject}: {reason}", "undo-2"),
    ("gate.control_tested", "recorded a test of {control} for {wave}: {result}", "shield-check"),
    ("gate.evaluated", "recorded evaluations for {subject}: {results}", "gauge"),
    ("gate.sealed", "sealed turn {turn} of {subject}", "lock"),
    ("gate.withdrawn", "withdrew turn {turn} of {subject}: {because}", "undo-2"),
    ("gate.superseded", "invalidated the signatures on {subject}, round {turn}: {because}", "file-x"),
    ("gate.lapsed", "recorded that {subject}, round {turn} expired: {because}", "calendar-x"),
    ("gate.voted", "cast and signed a ballot for {seat} on turn {turn} of {subject}", "vote"),
    ("gate.consolidated", "closed voting on {subject}, round {turn}: votes allow {outcome}", "scale"),
    ("gate.decided", "decided turn {turn} of {subject} for the board: {outcome}", "gavel"),
    ("gate.condition_met", "confirmed a condition of turn {turn} of {subject}", "check"),
    ("gate.begun", "started {subject}, round {turn}: T-0 check passed", "play"),
    ("gate.not_begun", "failed the T-0 check of {subject}, round {turn}: {because}", "octagon-x"),
    ("gate.exported", "exported the {what} of {subject}, round {turn}", "download"),
    ("waiver.asked", "requested a waiver of {criterion} for {subject} until {until}", "file-question-mark"),
    ("waiver.granted", "granted waiver {waiver} of {criterion} of {subject}", "file-check"),
    ("waiver.refused", "refused waiver {waiver} of {criterion} of {subject}", "file-x"),
    ("waiver.revoked", "revoked waiver {waiver} of {criterion} of {subject}: {reason}", "file-minus"),
)


def register() -> None:
    """Register all of it, once the apps are ready."""
    for code, sentence, icon in VERBS:
        verbs.register(code, sentence, icon)
    bounds.register("gates", thresholds.bounds)
    nav.register(
        NavItem("Gates", "gates:gates", "milestone", "g g", "waves.view_wave", 510, "Governance", "waves.Wave")
    )
