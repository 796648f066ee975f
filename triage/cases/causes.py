"""Why a person's work changes facts of cases."""

from __future__ import annotations

from triage.causes import CaseFacts


class CaseCause(CaseFacts):
    """Decisions, and what takes them back."""

    DECIDED = "case_decided"
    UNDONE = "case_undone"
    REVERSED = "case_reversed"
    WOKEN = "case_woken"
