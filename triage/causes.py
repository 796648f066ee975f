"""Why facts of cases change, as far as other apps may name the causes."""

from __future__ import annotations

from console.fact_changes import Cause


class CaseFacts(Cause):
    """The family of what may open, close or change cases. Each kind of case adds its own causes to it."""


class RunCause(CaseFacts):
    """Changes that a run makes."""

    LOADED = "run_loaded"
    RECALLED = "run_recalled"
    EXCEPTIONS_ARRIVED = "exceptions_arrived"
