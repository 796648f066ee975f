"""What is allowed with sources and runs. Pure: asked before every write, and by every button."""

from __future__ import annotations

from console.answers import Allowed, Answer, Forbidden
from console.errors import Stale
from triage.runs.models import RunState

UNSETTLED = frozenset({RunState.ANNOUNCED, RunState.CHECKING, RunState.LOADING})
RECALLABLE = frozenset({RunState.LOADING, RunState.LOADED, RunState.FAILED})
RETRYABLE = frozenset({RunState.QUARANTINED, RunState.FAILED})
ATTEMPTS = 5


def may_recall(state: str) -> Answer:
    """Allow a recall once loading has started; before that the run has opened nothing."""
    if state == RunState.RECALLED:
        return Forbidden("This run has been recalled already.", Stale)
    if state in RECALLABLE:
        return Allowed()
    return Forbidden("This run opened no cases. There is nothing to recall.", Stale)


def may_retry(state: str) -> Answer:
    """Only a run that was quarantined or has failed is taken in again."""
    if state in RETRYABLE:
        return Allowed()
    return Forbidden("Only a run that is quarantined or has failed can be retried.", Stale)


def may_replace(state: str, lines: int) -> Answer:
    """Whether the same manifest may come again with better files: if the first ones were refused untouched."""
    if state == RunState.QUARANTINED and lines == 0:
        return Allowed()
    return Forbidden("This run has already been received.", Stale)


def same_run(*, run_id: str, source: str, known: str, sent: str) -> Answer:
    """A run id names one content for ever."""
    if known == sent:
        return Allowed()
    return Forbidden(
        f"Run “{run_id}” from “{source}” was already received with a different manifest (SHA-256 {known}; now {sent}). "
        "Send changed content under a new run ID.",
        Stale,
    )
