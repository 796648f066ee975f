"""Leases: which worker holds a run or a file now. Bookkeeping of workers, not actions: nothing here is logged.

A lease that is not renewed for half a minute is free; the rows tell the next worker where to go on.
"""

from __future__ import annotations

import datetime as dt
import os
import socket
import uuid
from dataclasses import dataclass, field

from django.db.models import ExpressionWrapper, F, Q, QuerySet, fields
from django.db.models.functions import Now

from console.audit import log
from console.people.models import User
from triage.intake.line_handlers import first_kinds
from triage.intake.rules import ATTEMPTS
from triage.runs.models import FileState, Run, RunFile, RunState

SECONDS = 30
UNTIL = ExpressionWrapper(Now() + dt.timedelta(seconds=SECONDS), output_field=fields.DateTimeField())
_FREE = Q(lease_until__isnull=True) | Q(lease_until__lt=Now())


@dataclass(frozen=True, slots=True)
class Lease:
    """A lease that was got. ``spent``: it was tried too often without a chunk getting through.

    ``other_waves``: besides the run's, those in which cases count that lines of the file changed so far.
    """

    key: int
    holder: str
    spent: bool
    other_waves: set[int] = field(default_factory=set, compare=False)


def lease_run(run_id: int, *, by: User) -> Lease | None:
    """Lease the check of a run; None if it is done or leased to another worker."""
    holder = _holder()
    with log.transaction(by=by, purpose="lease_run"):
        waiting = Run.objects.filter(_FREE, pk=run_id, state__in=[RunState.ANNOUNCED, RunState.CHECKING])
        taken = waiting.update(
            state=RunState.CHECKING,
            lease_until=UNTIL,
            lease_holder=holder,
            attempts=F("attempts") + 1,
            checked_bytes=0,
        )
    return Lease(run_id, holder, _spent(Run.objects.get(pk=run_id).attempts)) if taken else None


def renew_run(lease: Lease, *, checked_bytes: int) -> bool:
    """Keep the lease and tell how many bytes are checked. False if it was lost."""
    mine = Run.objects.filter(pk=lease.key, lease_holder=lease.holder, state=RunState.CHECKING)
    return bool(mine.update(lease_until=UNTIL, checked_bytes=checked_bytes))


def lease_file(file_id: int) -> Lease | None:
    """Lease the loading of a file; None if it is done or held, if its run is not loading, or if others come first."""
    holder, loading = _holder(), Run.objects.filter(state=RunState.LOADING)
    taken = RunFile.objects.filter(
        _FREE,
        Q(kind__in=first_kinds(), run__in=loading) | Q(run__in=loading.filter(populating=False)),
        pk=file_id,
        state__in=[FileState.WAITING, FileState.LOADING],
    ).update(state=FileState.LOADING, lease_until=UNTIL, lease_holder=holder, attempts=F("attempts") + 1)
    return Lease(file_id, holder, _spent(RunFile.objects.get(pk=file_id).attempts)) if taken else None


def renew_file(lease: Lease) -> bool:
    """Keep the lease while a long line is being skipped. False if it was lost."""
    return bool(_mine(lease).update(lease_until=UNTIL))


def release_file(lease: Lease) -> None:
    """Let go after an error, so that the next attempt need not wait."""
    _mine(lease).update(lease_until=None, lease_holder="")


def _mine(lease: Lease) -> QuerySet[RunFile]:
    return RunFile.objects.filter(pk=lease.key, lease_holder=lease.holder)


def _holder() -> str:
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{uuid.uuid4().hex[:12]}"


def _spent(attempts: int) -> bool:
    return attempts > ATTEMPTS
