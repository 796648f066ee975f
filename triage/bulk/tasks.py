"""Tasks of bulk changes. A task carries a row's number and nothing else; the row says what is to be done."""

from __future__ import annotations

import datetime as dt
from typing import Final

from celery import shared_task
from django.utils import timezone

from console.celery import wake
from console.people.queries import system
from triage.bulk import actions, queries
from triage.bulk.waking import CARRY_ON

_IDLE: Final = dt.timedelta(seconds=15)
_AT_ONCE: Final = 4


@shared_task
def carry_on(number: int) -> None:
    """Come on with a bulk change until it is done."""
    actions.work(number)


@shared_task
def resume_changes() -> None:
    """Wake workers for changes on which none has come on for a while: messages get lost, workers die."""
    now = timezone.now()
    for number in queries.to_wake(now, idle=_IDLE, limit=_AT_ONCE):
        wake(CARRY_ON, number)
    actions.forget_drafts(by=system(), now=now)
