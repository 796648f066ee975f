"""Where it stands in the shell: the book's verbs, and the measure that gates read. Its pages hang on the wave's."""

from __future__ import annotations

from typing import Final

from console.audit import verbs
from governance.measures import bounds, builtin
from governance.rollback import rehearsed, thresholds

VERBS: Final = (
    ("rollback.plan_written", "wrote version {version} of the rollback plan", "scroll-text"),
    ("rollback.rehearsed", "recorded a rehearsal of the rollback: {kind}, {minutes} min", "repeat"),
    ("rollback.alarmed", "raised the alarm “{trigger}”: {observed}", "siren"),
    ("rollback.unanswered", "recorded that the decision on alarm “{trigger}” is overdue", "alarm-clock"),
    ("rollback.answered", "answered the alarm “{trigger}”: {answer}", "gavel"),
    ("rollback.cleared", "recorded that “{trigger}” returned to normal", "circle-check"),
)


def register() -> None:
    """Register all of it, once the apps are ready."""
    for code, sentence, icon in VERBS:
        verbs.register(code, sentence, icon)
    builtin.register(rehearsed.MEASURE)
    bounds.register("rollback", thresholds.bounds)
