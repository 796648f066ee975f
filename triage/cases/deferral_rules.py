"""What may be deferred, and until when. Pure functions, as ``rules``, which asks them too."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

from console.answers import Allowed, Answer, Forbidden
from console.errors import Invalid
from triage.cases.kinds import Verdict
from triage.cases.models.decision import CUTOVER, Until

DEFER_DAYS: Final = 366
_DATE: Final = "Enter a date within the next 12 months."


def until(spec: Verdict, end: Until | None, now: dt.datetime) -> Answer:
    """Whether a verdict has the end that it needs, as far as dates go: a date, or the cutover."""
    if spec.needs != "until":
        return (
            Forbidden(f"“{spec.label}” does not wait for a cutover.", Invalid, "until") if end == CUTOVER else Allowed()
        )
    dated = isinstance(end, dt.datetime) and now < end <= now + dt.timedelta(days=DEFER_DAYS)
    return Allowed() if dated or end == CUTOVER else Forbidden(_DATE, Invalid, "until")


def past_cutover(cut_over: Sequence[str]) -> Answer:
    """Whether a case may be deferred past the cutover of its waves; ``cut_over``: those that have cut over."""
    if cut_over:
        return Forbidden(f"The wave “{cut_over[0]}” has cut over. Defer to a date instead.", Invalid, "until")
    return Allowed()


def answer(ref: str, *, mine: bool) -> Answer:
    """Whether a person may agree to the proposal on a case, or decline it: not to their own."""
    if mine:
        return Forbidden(f"You asked to defer {ref} past the cutover. Another reviewer must agree or decide otherwise.")
    return Allowed()
