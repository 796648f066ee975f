"""What tests of bulk changes share: select, preview and carry out in one call."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from console.people.models import User
from triage.bulk import actions, queries
from triage.bulk.models import BulkChange, BulkItem
from triage.cases.models import Case

WHY = "Ana leaves at 16:00."


def at(**span: float) -> str:
    """A moment to come, as a form leaves it."""
    return (timezone.now() + dt.timedelta(**span)).replace(microsecond=0).astimezone(dt.UTC).isoformat()


def previewed(act: str, cases: Iterable[Case], by: User, **wanted: Any) -> BulkChange:
    change = actions.prepare(act=act, selection=queries.named([case.pk for case in cases], by), by=by)
    return actions.preview(change=change, wanted=wanted, by=by) if wanted else change


def carried_out(act: str, cases: Iterable[Case], by: User, **wanted: Any) -> BulkChange:
    change = previewed(act, cases, by, **wanted)
    actions.start(change=change, reason=WHY, by=by)
    assert actions.work(change.pk)
    return BulkChange.objects.get(pk=change.pk)


def item(change: BulkChange, case: Case) -> BulkItem:
    return BulkItem.objects.get(change=change, case=case)


def undone(change: BulkChange, by: User, *, of: BulkItem | None = None) -> BulkChange:
    actions.undo(change=change, item=of.pk if of else None, by=by)
    assert actions.work(change.pk)
    return BulkChange.objects.get(pk=change.pk)
