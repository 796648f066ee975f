"""Scenarios of bulk changes for the tests of every action."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.utils import timezone

from tests.bulk.making import WHY, at, carried_out, previewed
from triage.bulk import actions, queries

DAYS = 2


def scenarios(stage: Any) -> dict[str, Callable[[], Any]]:
    """Each verb with what must stand before it."""
    case, by = stage.case(), stage.lena
    draft = previewed("priority", [case], by, priority=3)
    done = carried_out("due", [stage.case()], by, at=at(days=DAYS))
    selection = queries.named([case.pk], by)
    later = timezone.now() + dt.timedelta(days=DAYS)
    return {
        "bulk.preparing.prepare": lambda: actions.prepare(act="move", selection=selection, by=by),
        "bulk.preparing.preview": lambda: actions.preview(change=draft, wanted={"priority": 4}, by=by),
        "bulk.preparing.forget_drafts": lambda: actions.forget_drafts(by=stage.system, now=later),
        "bulk.working.start": lambda: actions.start(change=draft, reason=WHY, by=by),
        "bulk.working.undo": lambda: actions.undo(change=done, by=by),
    }
