"""What gates declare: navigation, verbs, states, permissions, thresholds they ask for, and what they listen to."""

from __future__ import annotations

from typing import Final

from console.capabilities.declaration import Capability
from console.capabilities.parts import Look, NavItem, Permission, SearchSource, WavePart
from console.fact_changes import SUBSCRIPTIONS, Cause, Subscription
from governance.gates import search, thresholds
from governance.gates.actions.superseding import supersede_if_changed
from governance.gates.rules import founding
from governance.gates.rules.parts import MATERIAL
from governance.measures.bounds import THRESHOLDS, Asking

WAVE: Final = "waves.Wave"

#: Verbs of the audit log about gates and waivers: code, sentence after the actor's name, icon.
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
    ("gate.voted", "voted for {seat} in round {turn} of {subject}", "vote"),
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

#: Looks of results of criteria, of states of gates, and of votes.
STATES: Final = {
    "pass": Look("Pass", "circle-check", "success"),
    "fail": Look("Fail", "octagon-x", "critical"),
    "inconclusive": Look("Inconclusive", "circle-question-mark", "high"),
    "stale": Look("Stale", "clock-alert", "high"),
    "collecting": Look("Preparing", "list-checks", "outline"),
    "polling": Look("Voting open", "vote", "info"),
    "consolidated": Look("Votes counted", "scale", "info"),
    "go": Look("GO", "circle-check-big", "success"),
    "go-with-conditions": Look("GO with conditions", "badge-check", "success"),
    "no-go": Look("NO-GO", "octagon-x", "critical"),
    "superseded": Look("Invalidated", "file-x", "high"),
    "lapsed": Look("Expired", "calendar-x", "high"),
    "begun": Look("Started", "play", "special"),
    "abstain": Look("Abstain", "circle-minus", "outline"),
    "recused": Look("Recused", "user-x", "outline"),
}

PERMISSIONS: Final = (
    Permission(WAVE, "manage_gates", "Set up gates and seal packages"),
    Permission(WAVE, "vote_gates", "Hold a seat of a gate's board"),
    Permission(WAVE, "begin_gates", "Run the T-0 check and start"),
    Permission(WAVE, "attest_gates", "Attest, record control tests, request waivers"),
)

CAPABILITY: Final = Capability(
    urls="governance.gates.urls",
    api_urls="governance.gates.api_urls",
    navigation=(NavItem("Gates", "gates:gates", "milestone", "g g", "waves.view_wave", 510, "Governance", WAVE),),
    search=(
        SearchSource(
            code="gates",
            label="Gates",
            icon="milestone",
            find=search.find,
            permission="waves.view_wave",
            order=70,
            model=WAVE,
        ),
    ),
    wave_parts=(WavePart("gates:wave", "gates", order=10),),
    verbs=VERBS,
    families={"gate": "Gates", "waiver": "Waivers"},
    states=STATES,
    permissions=PERMISSIONS,
    parts=(
        *(MATERIAL.part(part) for part in founding.PARTS),
        THRESHOLDS.part(Asking("gates", thresholds.bounds)),
        SUBSCRIPTIONS.part(Subscription("gates", (Cause,), supersede_if_changed)),
    ),
)
