"""Why patient matches change facts of cases beyond what every kind of case does."""

from __future__ import annotations

from triage.causes import CaseFacts


class MergeCause(CaseFacts):
    """Lines about patient matches that are known already."""

    ARRIVED = "merges_arrived"
