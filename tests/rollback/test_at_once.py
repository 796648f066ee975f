"""Several workers and people at the same moment: one alarm, one answer."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from console.errors import Refusal
from console.notices.models import Notice
from console.people.models import User
from console.people.queries import system
from governance.measures.models import Sample
from governance.rollback import actions
from governance.rollback.models import Alarm
from tests import factories
from tests.rollback import making


def _together(*works: Callable[[], Any]) -> list[Any]:
    """Do all of them at the same time; what each gave or was refused with."""
    gate = threading.Barrier(len(works), timeout=20)
    found: list[Any] = [None] * len(works)

    def run(place: int) -> None:
        try:
            gate.wait()
            found[place] = works[place]()
        except Refusal as refusal:
            found[place] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return found


@pytest.mark.committed
def test_two_workers_raise_one_alarm_and_two_answers_are_one(
    committed_db: str, bo: User, cora: User, omar: User
) -> None:
    wave = factories.make_wave()
    making.plan(wave, bo, cora, by=omar)
    now = timezone.now()
    Sample.objects.create(
        measure="interface-backlog", wave=wave, value=500, as_of=now, received_at=now, source="api:test"
    )
    raised = _together(*[lambda: actions.sweep(by=system())] * 3)
    assert sum(raised) == 1
    alarm = Alarm.objects.get()
    assert Notice.objects.filter(kind="rollback.alarm").count() == 2
    Alarm.objects.filter(pk=alarm.pk).update(decide_by=now)

    answers = _together(
        lambda: actions.answer_alarm(alarm=alarm, answer="roll_back", reason="Orders are lost.", by=bo),
        lambda: actions.answer_alarm(alarm=alarm, answer="go_on", reason="It is a burst.", by=cora),
    )
    refused = [answer for answer in answers if isinstance(answer, Refusal)]
    assert len(refused) == 1
    assert "has already decided" in refused[0].sentence


@pytest.mark.committed
def test_two_writers_make_two_versions_or_one_is_told(committed_db: str, bo: User, cora: User, omar: User) -> None:
    wave = factories.make_wave()
    first = making.draft(bo, cora)
    found = _together(
        lambda: actions.write_plan(wave=wave, draft=first, reason="One.", seen=0, by=omar),
        lambda: actions.write_plan(wave=wave, draft=making.draft(bo, cora, rto=90), reason="Two.", seen=0, by=omar),
    )
    assert sorted(type(one).__name__ for one in found) == ["RollbackPlan", "Stale"]
