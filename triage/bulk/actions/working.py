"""Carrying a bulk change out, and undoing it: chunk by chunk, so that no reviewer waits for a long transaction.

The rows are the truth. A request starts; it or a worker comes on by chunks, each one transaction, under the row of the
change, so that two workers never do the same case. A worker that dies loses its chunk, and the next one does it.
Cases are locked in ascending order and never awaited: one that another transaction holds is tried again at the end.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from console.audit import log
from console.errors import Invalid, Refusal, Stale
from console.people.models import User
from triage.bulk import acts, queries, rules
from triage.bulk.actions import notifying
from triage.bulk.actions.doers import CLAIMS_AGAIN, DO, UNDO, Job
from triage.bulk.models import BulkChange, BulkItem, Result, Stage, Undo
from triage.bulk.rules import Facts, Seen
from triage.cases.actions import locks
from triage.cases.models import Case

#: Cases a transaction: a reviewer whose case is among them waits for the rest of it.
CHUNK: Final = 20
_PAUSE: Final = 0.05
_LOCKED: Final = "another change to it was under way; nothing was changed"
_WORK: Final = (Stage.RUNNING, Stage.UNDOING)


def start(*, change: BulkChange, reason: str, by: User) -> BulkChange:
    """Start a previewed change; again, it is the same change. Raises Invalid without a reason or a case to change."""
    reason, now = reason.strip(), timezone.now()
    with log.transaction(by=by, purpose="bulk"):
        change = BulkChange.objects.select_for_update().get(pk=change.pk, by=by)
        if change.stage != Stage.DRAFT:
            return change
        if not 0 < len(reason) <= rules.REASON_CHARACTERS or "\0" in reason:
            raise Invalid(f"Enter a reason (at most {rules.REASON_CHARACTERS} characters).", field="reason")
        number = change.items.filter(result=Result.WILL).count()
        if not number:
            raise Invalid("None of the selected cases would change.")
        change.stage, change.reason, change.started_at, change.worked_at = Stage.RUNNING, reason, now, now
        change.save(update_fields=["stage", "reason", "started_at", "worked_at"])
        facts = {"what": _what(change, by), "cases": number, "reason": reason}
        log.record("bulk.started", subject=change, by=by, facts=facts)
    return change


def undo(*, change: BulkChange, item: int | None = None, by: User) -> BulkChange:
    """Start to undo a change, or what it did to one case. Raises Stale when it is too late, or nothing is left to undo.

    What has changed since stays as it is, and says so.
    """
    now = timezone.now()
    with log.transaction(by=by, purpose="bulk"):
        change = BulkChange.objects.select_for_update().get(pk=change.pk, by=by)
        if change.stage != Stage.DONE or change.done_at is None:
            raise Stale("This change is still under way. Undo it when it is done.")
        if now > change.done_at + rules.UNDO_FOR:
            raise Stale("The 10 minutes to undo this change have passed.")
        asked = change.items.filter(result=Result.DONE, undo=Undo.NONE)
        number = (asked.filter(pk=item) if item else asked).update(undo=Undo.ASKED, attempts=0)
        if not number:
            raise Stale("There is nothing left to undo.")
        change.stage, change.worked_at = Stage.UNDOING, now
        change.save(update_fields=["stage", "worked_at"])
        log.record("bulk.undo_started", subject=change, by=by, facts={"cases": number})
    return change


def work(number: int, *, seconds: float | None = None) -> bool:
    """Come on with a change, for at most so long; True once it is done, False while there is more to do.

    False at once when another worker is at it.
    """
    until = None if seconds is None else time.monotonic() + seconds
    while until is None or time.monotonic() < until:
        change = BulkChange.objects.select_related("by").filter(pk=number, stage__in=_WORK).first()
        if change is None:
            return True
        done = _chunk(change)
        if done is None:
            return False
        if not done:
            time.sleep(_PAUSE)  # all of these cases are locked elsewhere
    return False


def _chunk(change: BulkChange) -> int | None:
    """Do the next chunk, or end; how many cases were looked at. None when another worker is at it."""
    undoing, by, now = change.stage == Stage.UNDOING, change.by, timezone.now()
    with log.transaction(by=by, purpose="bulk"):
        mine = BulkChange.objects.select_for_update(skip_locked=True).filter(pk=change.pk, stage=change.stage)
        if not mine.exists():
            return None
        size = 1 if undoing and change.act in CLAIMS_AGAIN else CHUNK
        items = list(_waiting(change, undoing=undoing).order_by("attempts", "case_id")[:size])
        if not items:
            _end(change, undoing=undoing)
            return 1
        job = Job(change.pk, queries.wanted(change.wanted, by), change.reason, by, now)
        _lock_people(items if size == 1 else (), job)
        looked = _do(items, job, change.act, undoing=undoing)
        BulkChange.objects.filter(pk=change.pk).update(worked_at=now)
    return looked


def _waiting(change: BulkChange, *, undoing: bool) -> QuerySet[BulkItem]:
    return change.items.filter(undo=Undo.ASKED) if undoing else change.items.filter(result=Result.WILL)


def _do(items: list[BulkItem], job: Job, act: str, *, undoing: bool) -> int:
    """Do or undo these items; returns how many of their cases were free."""
    free = queries.whole(item.case_id for item in items).select_for_update(of=("self",), skip_locked=True)
    cases = {case.pk: case for case in free}
    facts = queries.facts(cases.values(), job.by, job.now)
    done = []
    for item in sorted(items, key=lambda item: item.case_id):
        case = cases.get(item.case_id)
        if case is None:
            _skip(item, undoing=undoing)
        elif undoing:
            _undo_one(item, case, facts[case.pk], job, act)
        elif _do_one(item, case, facts[case.pk], job, act):
            done.append(item)
    if done:
        left = queries.facts(queries.whole(item.case_id for item in done), job.by, job.now)
        for item in done:
            item.after = left[item.case_id].seen.kept()
    BulkItem.objects.bulk_update(items, ["result", "sentence", "after", "attempts", "undo", "undo_sentence"])
    return len(cases)


def _do_one(item: BulkItem, case: Case, facts: Facts, job: Job, act: str) -> bool:
    """Change one case, or say why not. True if it was changed."""
    why = rules.changed(Seen.read(item.before), facts.seen)
    if not facts.manages:
        why = "your roles no longer allow you to manage its queue"
    if not why:
        outlook = acts.get(act).rule(facts, job.wanted)
        why = "" if outlook.result == Result.WILL else outlook.sentence
    why = why or _tried(lambda: DO[act](case, job))
    item.result = Result.REFUSED if why else Result.DONE
    item.sentence = why[:300] or item.sentence
    return not why


def _undo_one(item: BulkItem, case: Case, facts: Facts, job: Job, act: str) -> None:
    why = rules.changed(Seen.read(item.after or {}), facts.seen)
    if not facts.manages:
        why = "your roles no longer allow you to manage its queue"
    why = why or _tried(lambda: UNDO[act](case, Seen.read(item.before), job))
    item.undo, item.undo_sentence = (Undo.REFUSED, why[:300]) if why else (Undo.DONE, "")


def _tried(do: Callable[[], None]) -> str:
    """What an action refuses, in its words; "" when it was carried out."""
    try:
        with transaction.atomic():
            do()
    except Refusal as refusal:
        return refusal.sentence
    return ""


def _skip(item: BulkItem, *, undoing: bool) -> None:
    item.attempts += 1
    if item.attempts < rules.ATTEMPTS:
        return
    if undoing:
        item.undo, item.undo_sentence = Undo.REFUSED, _LOCKED
    else:
        item.result, item.sentence = Result.REFUSED, _LOCKED


def _lock_people(items: Iterable[BulkItem], job: Job) -> None:
    """Lock who is going to get cases, before any case is locked."""
    wanted = {job.wanted.to.id} if job.wanted.to else set()
    wanted |= {number for item in items for number in (item.before["holder"], item.before["assignee"]) if number}
    for person in User.objects.filter(pk__in=wanted).order_by("pk"):
        locks.lock_person(person)


def _end(change: BulkChange, *, undoing: bool) -> None:
    """Close a change that was carried out or undone, and tell those who lost or got claims back."""
    now = timezone.now()
    done_at = change.done_at if undoing else now
    BulkChange.objects.filter(pk=change.pk).update(stage=Stage.DONE, done_at=done_at, worked_at=now)
    notifying.tell_reviewers(change, undone=undoing)
    found = queries.undoing(change) if undoing else queries.results(change)
    if undoing:
        facts = {"undone": found[Undo.DONE], "refused": found[Undo.REFUSED]}
        log.record("bulk.undone", subject=change, by=change.by, facts=facts)
        return
    facts = {"changed": found[Result.DONE], "unchanged": found[Result.ALREADY], "refused": found[Result.REFUSED]}
    log.record("bulk.done", subject=change, by=change.by, facts={"what": _what(change, change.by), **facts})


def _what(change: BulkChange, by: User) -> str:
    """What the audit log calls the change."""
    return acts.get(change.act).words.log.format(to=_in_utc(change, by))


def _in_utc(change: BulkChange, by: User) -> str:
    with timezone.override("UTC"):
        return queries.named_wanted(queries.wanted(change.wanted, by))
