"""What is said of overdue critical cases. Pure."""

from __future__ import annotations

import datetime as dt
from typing import Final

from console.ui.dates import utc
from triage.overdue.models import Step

#: More cases of a queue at once than this are told of together.
ONE_BY_ONE: Final = 5


def sentence(step: Step, *, ref: str, queue: str, due_at: dt.datetime, responsible: bool) -> str:
    """What a person is told of one case."""
    said = f"{ref} is critical and overdue since {utc(due_at)}, in queue “{queue}”."
    return said if responsible or step is not Step.RESPONSIBLE else f"{said} The queue has no responsible person."


def many(queue: str, *, responsible: bool) -> str:
    """What a person is told of more cases than one by one; always the same, so that it is told once while unread."""
    said = f"More than {ONE_BY_ONE} critical cases of queue “{queue}” are overdue."
    return said if responsible else f"{said} The queue has no responsible person."
