"""What a kind of case declares, and the register of kinds. A kind is a part of its capability's declaration.

Everything outside a kind's folder asks here: verdicts and reasons, lines, contents, lists, words. Nothing else in
Concord knows a verdict, a reason or a field of a kind by name; ``tests/architecture/test_kinds.py`` holds that.
"""

from __future__ import annotations

from triage.cases.kinds.content import Content, Form, Json, content_of
from triage.cases.kinds.kind import AnyKind, Facet, Kind, Opening, Reported
from triage.cases.kinds.ledger import Entry, Ledger, Overtaken
from triage.cases.kinds.records import NamedRecord
from triage.cases.kinds.register import (
    KINDS,
    by_file_kind,
    find,
    get,
    known,
    look,
    reason_label,
    refusal_words,
    registered,
    verdict_of,
)
from triage.cases.kinds.staged import LineRefused, Name, StagedLine
from triage.cases.kinds.verdicts import ADJUDICATION, RESERVED, Reason, Then, Verdict
from triage.cases.models import REVERSE, UNDO
from triage.queues.kinds import Standard, StandardQueue, StandardRule, Target, choices, label

__all__ = [
    "ADJUDICATION",
    "KINDS",
    "RESERVED",
    "REVERSE",
    "UNDO",
    "AnyKind",
    "Content",
    "Entry",
    "Facet",
    "Form",
    "Json",
    "Kind",
    "Ledger",
    "LineRefused",
    "Name",
    "NamedRecord",
    "Opening",
    "Overtaken",
    "Reason",
    "Reported",
    "StagedLine",
    "Standard",
    "StandardQueue",
    "StandardRule",
    "Target",
    "Then",
    "Verdict",
    "by_file_kind",
    "choices",
    "content_of",
    "find",
    "get",
    "known",
    "label",
    "look",
    "reason_label",
    "refusal_words",
    "registered",
    "verdict_of",
]
