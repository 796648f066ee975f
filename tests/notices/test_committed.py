"""What shows only when transactions really commit: telling, waking, several workers at once."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection, transaction

from console import beat
from console.notices import actions, tasks
from console.notices.models import Notice
from console.people.models import User
from tests import factories
from tests.notices.sink import Sink

SAID = {"kind": "gate.superseded", "subject": "GATE-3", "sentence": "Look again.", "path": "/gates/GATE-3/"}


@pytest.mark.committed
def test_what_did_not_happen_is_not_told(committed_db: str, bo: User, omar: User) -> None:
    with transaction.atomic():
        actions.tell(to=[bo], **SAID, by=omar)
        transaction.set_rollback(True)
    assert not Notice.objects.exists()
    with pytest.raises(RuntimeError, match="inside the transaction"):
        actions.tell(to=[bo], **SAID, by=omar)


@pytest.mark.committed
def test_a_commit_wakes_the_sender_and_a_broker_that_is_away_undoes_nothing(
    committed_db: str, bo: User, omar: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []

    def send(task: str, **_: Any) -> None:
        sent.append(task)
        raise ConnectionRefusedError

    monkeypatch.setattr(actions.app, "send_task", send)
    with transaction.atomic():
        actions.tell(to=[bo], **SAID, by=omar)
        assert not sent
    assert sent == [tasks.mail.name]
    assert Notice.objects.get().mail_due_at is not None
    assert tasks.mail.name in {entry["task"] for entry in beat.schedule().values()}


@pytest.mark.committed
def test_workers_at_once_send_each_notice_once(committed_db: str, server: Sink) -> None:
    told = [factories.make_user(f"person{number}") for number in range(12)]
    with transaction.atomic():
        actions.tell(to=told, **SAID, by=told[0])

    def work() -> None:
        tasks.mail()
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    tasks.mail()
    assert sorted(server.recipients) == sorted(person.email for person in told)
    assert not Notice.objects.filter(mailed_at=None).exists()
