"""Ask, answer and end questions; set up mailboxes. Question and answer stand in no entry, notice or mail."""

from __future__ import annotations

from triage.questions.actions.answering import answer, opened
from triage.questions.actions.mailboxes import save_mailbox
from triage.questions.actions.sweeping import sweep

__all__ = ["answer", "opened", "save_mailbox", "sweep"]
