"""Select, preview, carry out and undo changes of many cases. Every verb is one transaction and one audit log entry."""

from __future__ import annotations

from triage.bulk.actions.preparing import forget_drafts, prepare, preview
from triage.bulk.actions.working import start, undo, work

__all__ = ["forget_drafts", "prepare", "preview", "start", "undo", "work"]
