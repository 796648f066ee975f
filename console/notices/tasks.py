"""Send mail: woken by a commit that created notices, and by beat. Tasks carry no arguments."""

from __future__ import annotations

from celery import shared_task

from console.notices import actions
from console.people import queries as people

_MAILS = 500


@shared_task(ignore_result=True)
def mail() -> None:
    """Send what waits, one mail a person, until nothing is due or the mail server fails."""
    concord = people.system()
    for send in (actions.send_next, actions.send_next_letter):
        for _ in range(_MAILS):
            if not send(by=concord):
                break
