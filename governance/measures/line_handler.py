"""How run packages bring measures: files of the kind ``measures``, one value a line, all of the run's wave."""

from __future__ import annotations

from typing import Final

from governance.measures import actions, lines
from governance.measures.causes import MeasureCause
from triage.line_handlers import LineHandler

HANDLER: Final = LineHandler(
    "measures",
    "Line of a measures file",
    lines.decode,
    actions.keep_lines,
    lines.schema,
    MeasureCause.ARRIVED,
    refusals={"measure": "Invalid measure value"},
)
