"""Bulk changes on real connections: two leads, a reviewer who decides meanwhile, killed and doubled workers."""

from __future__ import annotations

import threading
import time
from collections import Counter
from unittest import mock

import pytest
from django.db import connection, transaction

from console.audit.models import LogEntry
from tests import factories
from tests.bulk.making import WHY, item, previewed
from tests.cases.test_at_once import together
from triage.bulk import actions, queries
from triage.bulk.actions import working
from triage.bulk.models import BulkChange, BulkItem, Result, Stage
from triage.cases import actions as cases
from triage.cases.models import Case, Decision, State

pytestmark = [pytest.mark.committed, pytest.mark.usefixtures("committed_db")]


@pytest.fixture
def leads(committed_db):
    return [factories.make_user(f"lead{number}", role="lead") for number in range(2)]


def made(number: int) -> list[Case]:
    queue, run = factories.make_queue(hold_limit=99), factories.make_run()
    return [factories.make_case(queue=queue, run=run) for _ in range(number)]


def results(change: BulkChange) -> Counter[str]:
    return Counter(change.items.values_list("result", flat=True))


def test_two_leads_change_each_case_once_and_the_other_hears_what_changed(leads) -> None:
    found = made(60)
    changes = [previewed("priority", found, lead, priority=10 + at) for at, lead in enumerate(leads)]
    for change, lead in zip(changes, leads, strict=True):
        actions.start(change=change, reason=WHY, by=lead)

    def finish(number: int) -> None:
        while not actions.work(number):
            pass

    together(*[lambda number=change.pk: finish(number) for change in changes])
    one, other = (results(change) for change in changes)
    assert one["done"] + other["done"] == 60
    assert one["done"] + one["refused"] == other["done"] + other["refused"] == 60
    assert LogEntry.objects.filter(verb="case.prioritised").count() == 60
    said = set(BulkItem.objects.filter(result="refused").values_list("sentence", flat=True))
    assert said <= {"its priority has changed", working._LOCKED}


def test_a_case_that_is_being_decided_is_never_awaited_and_never_moved(leads) -> None:
    reviewer, (lead, _) = factories.make_user("r", role="reviewer"), leads
    found = made(5)
    held = found[2]
    there = factories.make_queue("there")
    change = previewed("move", found, lead, queue=there.pk)
    locked, done = threading.Event(), threading.Event()

    def decide() -> None:
        with transaction.atomic():
            cases.claim(case=held, by=reviewer)
            locked.set()
            done.wait(30)
        cases.decide(case=held, verdict="LINK", seen=1, by=reviewer)

    def move() -> float:
        locked.wait(30)
        start = time.monotonic()
        actions.start(change=change, reason=WHY, by=lead)
        assert actions.work(change.pk)
        done.set()
        return time.monotonic() - start

    _, seconds = together(decide, move)
    assert seconds < 10
    assert results(change) == {"done": 4, "refused": 1}
    assert item(change, held).sentence == working._LOCKED
    assert Case.objects.get(pk=held.pk).state == State.DECIDED
    assert Case.objects.filter(queue=there).count() == 4
    assert Decision.objects.count() == 1


def test_two_workers_on_one_change_do_nothing_twice(leads) -> None:
    found, lead = made(50), leads[0]
    change = previewed("priority", found, lead, priority=5)

    def both() -> None:
        actions.start(change=change, reason=WHY, by=lead)
        while not actions.work(change.pk):
            pass

    together(both, both)
    assert results(change) == {"done": 50}
    assert LogEntry.objects.filter(verb="case.prioritised").count() == 50
    assert LogEntry.objects.filter(verb="bulk.started").count() == 1
    assert LogEntry.objects.filter(verb="bulk.done").count() == 1


def test_a_killed_worker_loses_its_chunk_and_the_next_one_does_it(leads) -> None:
    found, lead = made(working.CHUNK * 2), leads[0]
    change = previewed("priority", found, lead, priority=5)
    actions.start(change=change, reason=WHY, by=lead)
    calls = iter(range(1_000))

    def dies(case: Case, job: working.Job) -> None:
        if next(calls) == working.CHUNK + 3:
            raise SystemExit
        prioritise(case, job)

    prioritise = working.DO["priority"]
    with mock.patch.dict(working.DO, priority=dies), pytest.raises(SystemExit):
        actions.work(change.pk)
    assert results(change) == {"done": working.CHUNK, "will": working.CHUNK}
    assert Case.objects.filter(priority=205).count() == working.CHUNK
    BulkChange.objects.update(worked_at="2020-01-01T00:00Z")
    from django.utils import timezone

    from triage.bulk.tasks import _IDLE, carry_on

    assert queries.to_wake(timezone.now(), idle=_IDLE, limit=4) == [change.pk]
    carry_on(change.pk)
    assert results(change) == {"done": working.CHUNK * 2}
    assert BulkChange.objects.get().stage == Stage.DONE
    assert LogEntry.objects.filter(verb="case.prioritised").count() == working.CHUNK * 2


def test_a_chunk_holds_its_cases_for_a_moment_only(leads) -> None:
    found, lead = made(working.CHUNK * 3), leads[0]
    change = previewed("priority", found, lead, priority=5)
    actions.start(change=change, reason=WHY, by=lead)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        assert cursor.fetchone()[0] == 0
    seconds = []
    chunk = working._chunk

    def timed(change: BulkChange) -> int | None:
        start = time.monotonic()
        looked = chunk(change)
        seconds.append(time.monotonic() - start)
        return looked

    with mock.patch.object(working, "_chunk", timed):
        assert actions.work(change.pk)
    assert len(seconds) == 4
    assert Counter(Result(one.result) for one in change.items.all()) == {Result.DONE: len(found)}
