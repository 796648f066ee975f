"""Celery tasks carry the correlation id and the person of the request that sent them, by message headers."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

from celery.signals import before_task_publish, task_postrun, task_prerun

from console import correlation
from console.audit import attribution
from console.audit.attribution import Acting

CID, ACTOR = "concord_cid", "concord_actor"


@before_task_publish.connect(weak=False, dispatch_uid="book")
def _send(headers: dict[str, Any] | None = None, **_: Any) -> None:
    """Put identifiers, nothing else, beside the task."""
    if headers is None:
        return
    who = attribution.acting()
    headers.setdefault(CID, correlation.current())
    headers.setdefault(ACTOR, who.actor_id if who else None)


@task_prerun.connect(weak=False, dispatch_uid="book")
def _begin(task: Any = None, **_: Any) -> None:
    """Attribute the task's writes outside of actions to the person who sent it, under the same correlation id."""
    headers = {**vars(task.request), **(getattr(task.request, "headers", None) or {})}
    actor = headers.get(ACTOR)
    who = Acting(actor if isinstance(actor, int) else None, str(task.name).rpartition(".")[2])  # the function's name
    stack = ExitStack()
    stack.callback(_restore, correlation.current())
    correlation.begin(headers.get(CID) or correlation.current() or None)
    stack.enter_context(attribution.at_entry_point(lambda: who))
    task.request.concord_context = stack


def _restore(before: str) -> None:
    if before:
        correlation.begin(before)
    else:
        correlation.end()


@task_postrun.connect(weak=False, dispatch_uid="book")
def _end(task: Any = None, **_: Any) -> None:
    """Forget both; an eager task gives its request's back."""
    stack = getattr(task.request, "concord_context", None)
    if stack is not None:
        stack.close()
