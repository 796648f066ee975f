"""The only writers of measures and their samples."""

from __future__ import annotations

from governance.measures.actions.defining import change_measure, define_measure
from governance.measures.actions.reporting import Reported, keep_lines, report
from governance.measures.actions.sampling import forget_old, sample_builtins

__all__ = [
    "Reported",
    "change_measure",
    "define_measure",
    "forget_old",
    "keep_lines",
    "report",
    "sample_builtins",
]
