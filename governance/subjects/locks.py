"""Lock a subject, and publish changes of its facts. Order everywhere: its waves by ascending key, then the subject.

Whatever changes a fact of a subject holds it until it commits; whatever seals, votes, decides or starts locks it alone.
"""

from __future__ import annotations

import zlib
from typing import Final

from django.db import connection

from console import fact_changes
from console.fact_changes import Cause
from console.people.models import User
from console.waves import locks as wave_locks
from governance.subjects.kinds import WAVE, Subject

_ALONE: Final = "SELECT pg_advisory_xact_lock(%s, %s)"
_SHARED: Final = "SELECT pg_advisory_xact_lock_shared(%s, %s)"


def lock_shared(subject: Subject) -> None:
    """Hold a subject against signing until the transaction ends."""
    wave_locks.lock_shared(subject.wave_ids)
    _lock(subject, _SHARED)


def lock_exclusive(subject: Subject) -> None:
    """Lock a subject alone until the transaction ends."""
    wave_locks.lock_exclusive(subject.wave_ids)
    _lock(subject, _ALONE)


def publish(cause: Cause, subject: Subject, *, by: User, about: str = "") -> None:
    """Publish that facts of a subject changed, in the transaction that changed them, after its last write of them."""
    own = [] if subject.kind == WAVE else [(subject.kind, subject.id)]
    fact_changes.publish(cause, waves=subject.wave_ids, subjects=own, by=by, about=about or subject.ref)


def _lock(subject: Subject, statement: str) -> None:
    """Lock a subject that is no wave under its kind and number; waves have locks of their own."""
    if subject.kind != WAVE:
        with connection.cursor() as cursor:
            cursor.execute(statement, [zlib.crc32(subject.kind.encode()) - 2**31, subject.id])
