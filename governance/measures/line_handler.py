"""How run packages bring measures: files of the kind ``measures``, one value a line, all of the run's wave."""

from __future__ import annotations

from governance.measures import actions, lines
from triage import line_handlers
from triage.line_handlers import LineHandler


def register() -> None:
    """Take such lines from now on."""
    title = "Line of a measures file"
    line_handlers.register(LineHandler("measures", title, lines.decode, actions.keep_lines, lines.schema))
