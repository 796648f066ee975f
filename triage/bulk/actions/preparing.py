"""Before anything happens: the selection, and the preview of what a change would do to each case."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, Final

from django.utils import timezone

from console.audit import log
from console.errors import Invalid, Stale
from console.people import permissions
from console.people.models import User
from triage.bulk import acts, queries
from triage.bulk.models import BulkChange, BulkItem, Result, Stage
from triage.bulk.queries import Selection
from triage.queues.models import Queue
from triage.queues.queries import MANAGE

_KEEP: Final = dt.timedelta(days=1)
_AT_ONCE: Final = 100


def prepare(*, act: str, selection: Selection, queue: str = "", words: str = "", by: User) -> BulkChange:
    """Keep a selection of cases for one act. Nothing happens to them. Raises Missing, Invalid without a case, Denied.

    ``queue`` and ``words`` are the list that they were selected in. An act that asks for nothing is previewed at once.
    """
    known, now = acts.get(act), timezone.now()
    if not permissions.may_anywhere(by, MANAGE, Queue):
        permissions.require(by, MANAGE, to="change cases in bulk")
    if not selection.cases:
        raise Invalid("Select at least one case of a queue that you manage.")
    with log.transaction(by=by, purpose="bulk"):
        change = BulkChange.objects.create(
            act=act, by=by, queue=queue[:60], words=words[:2000], left_out=selection.left_out, more=selection.more,
            prepared_at=now,
        )  # fmt: skip
        BulkItem.objects.bulk_create([BulkItem(change=change, case_id=number) for number in selection.cases])
        if not known.asks:
            _evaluate(change, by, now)
        log.record("bulk.prepared", subject=change, by=by, facts={"act": act, "cases": len(selection.cases)})
    return change


def preview(*, change: BulkChange, wanted: dict[str, Any], by: User) -> BulkChange:
    """Keep what the act asks for, and look at each case again. Raises Stale once the change was carried out."""
    with log.transaction(by=by, purpose="bulk"):
        change = BulkChange.objects.select_for_update().get(pk=change.pk, by=by)
        if change.stage != Stage.DRAFT:
            raise Stale("This change was carried out already. Select the cases again for another one.")
        change.wanted = wanted
        change.save(update_fields=["wanted"])
        _evaluate(change, by, timezone.now())
        log.record("bulk.previewed", subject=change, by=by, facts={"act": change.act})
    return change


def forget_drafts(*, by: User, now: dt.datetime | None = None) -> int:
    """Delete previews that were not carried out within a day; returns how many."""
    old = BulkChange.objects.filter(stage=Stage.DRAFT, prepared_at__lt=(now or timezone.now()) - _KEEP)
    with log.transaction(by=by, purpose="bulk"):
        found = list(old.select_for_update(skip_locked=True).order_by("prepared_at")[:_AT_ONCE])
        if found:
            BulkChange.objects.filter(pk__in=[change.pk for change in found]).delete()
            log.record("bulk.drafts_deleted", subject=found[0], by=by, facts={"number": len(found)})
    return len(found)


def _evaluate(change: BulkChange, by: User, now: dt.datetime) -> None:
    """Say of each item what the change would do to it now."""
    act, wanted = acts.get(change.act), queries.wanted(change.wanted, by)
    items = list(change.items.all())
    found = queries.facts(queries.whole(item.case_id for item in items), by, now)
    for item in items:
        facts = found[item.case_id]
        outlook = act.rule(facts, wanted)
        item.before = facts.seen.kept()
        item.result, item.sentence = Result(outlook.result), outlook.sentence[:300]
        if not facts.manages:
            item.result, item.sentence = Result.REFUSED, "your roles no longer allow you to manage its queue"
    _save(items)


def _save(items: Iterable[BulkItem]) -> None:
    BulkItem.objects.bulk_update(items, ["result", "sentence", "before"], batch_size=250)
