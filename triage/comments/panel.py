"""The comments on the page of a case."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from console.keyset import Page
from triage.cases.models import Case
from triage.comments import queries
from triage.comments.forms import CommentForm
from triage.comments.queries import Shown
from triage.desk.case_parts import CasePart, Look
from triage.desk.events import Event


@dataclass(frozen=True, slots=True)
class Panel:
    """The newest comments and the form to write one; no form for those who may only read. ``said``: what was done."""

    case: Case
    page: Page[Shown]
    form: CommentForm | None
    said: str = ""


def _read(look: Look) -> Panel:
    page = queries.page_of_comments(look.case, viewer=look.by, masks=look.masks)
    may_write = look.viewer.works or look.viewer.manages
    return Panel(look.case, page, CommentForm() if may_write else None)


def _events(panel: Panel) -> Iterator[Event]:
    """That there were comments; what they say stands in their own panel."""
    for one in panel.page.items:
        if one.withdrawn_at:
            yield Event(one.withdrawn_at, one.by, "withdrew a comment", "message-square-off")
        else:
            yield Event(one.at, one.by, "commented", "message-square")


PART: Final = CasePart("comments", "comments/_panel.html", read=_read, events=_events)
