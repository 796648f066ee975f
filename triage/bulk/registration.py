"""What bulk changes declare: routes, navigation and what the audit log says of them."""

from __future__ import annotations

from typing import Final

from console.capabilities.declaration import Capability
from console.capabilities.parts import NavItem
from triage.queues.queries import MANAGE

#: Verb, sentence after the actor's name, icon.
VERBS: Final = (
    ("bulk.prepared", "selected {cases} cases for a bulk change ({act})", "list-checks"),
    ("bulk.previewed", "previewed a bulk change ({act})", "eye"),
    ("bulk.started", "started a bulk change of {cases} cases, {what}: {reason}", "list-checks"),
    ("bulk.done", "changed {changed} cases in bulk, {what}; unchanged {unchanged}, refused {refused}", "list-checks"),
    ("bulk.undo_started", "started to undo a bulk change of {cases} cases", "undo-2"),
    ("bulk.undone", "undid a bulk change of {undone} cases; not undone {refused}", "undo-2"),
    ("bulk.drafts_deleted", "deleted {number} previews of bulk changes", "trash-2"),
    ("case.moved", "moved {subject} from {from} to {to}: {reason}", "folder-input"),
    ("case.prioritised", "gave {subject} priority {to} instead of {from}: {reason}", "arrow-up-narrow-wide"),
    ("case.due_set", "set the due time of {subject} to {to}, from {from}: {reason}", "calendar-clock"),
    ("case.put_off", "deferred {subject} until {until}, without a verdict: {reason}", "alarm-clock"),
    ("case.change_undone", "undid the bulk change {change} of {subject}", "undo-2"),
    ("case.claim_restored", "restored the claim on {subject} until {until}", "user-check"),
)

CAPABILITY: Final = Capability(
    urls="triage.bulk.urls",
    navigation=(NavItem("Bulk changes", "bulk:changes", "list-checks", "", MANAGE, 135, "Triage", "cases.Queue"),),
    verbs=VERBS,
    families={"bulk": "Bulk changes"},
)
