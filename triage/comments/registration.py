"""What comments declare: their addresses, verbs, and their part of the page of every case."""

from __future__ import annotations

from typing import Final

from console.capabilities.declaration import Capability
from triage.comments.panel import PART
from triage.desk.case_parts import CASE_PARTS

#: Verb, sentence after the actor's name, icon.
VERBS: Final = (
    ("case.commented", "commented on {subject}", "message-square"),
    ("case.comment_withdrawn", "withdrew their comment {comment} on {subject}", "message-square-off"),
)

CAPABILITY: Final = Capability(urls="triage.comments.urls", verbs=VERBS, parts=(CASE_PARTS.part(PART),))
