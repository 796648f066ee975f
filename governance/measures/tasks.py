"""What beat wakes: samples of built-in measures each minute, the end of old ones each night. They carry nothing."""

from __future__ import annotations

from celery import shared_task

from console.people import queries as people
from governance.measures import actions


@shared_task(ignore_result=True)
def sample() -> None:
    """Keep samples of built-in measures that have changed."""
    actions.sample_builtins(by=people.system())


@shared_task(ignore_result=True)
def forget() -> None:
    """Let samples go whose time is over."""
    actions.forget_old(by=people.system())
