"""Which cases this session may see unmasked: as long as the claim lasts, or a quarter of an hour without one.

The session remembers only that a reveal was booked; the page asks for the permission anew each time.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.sessions.backends.base import SessionBase

from console.people.models import User
from triage.cases.models import Case, Claim

KEY = "merges.revealed"
WITHOUT_CLAIM = dt.timedelta(minutes=15)
REMEMBERED = 20


def remember(session: SessionBase, case: Case, claim: Claim | None, *, by: User, now: dt.datetime) -> None:
    """Note that a reveal of ``case`` has been booked for ``by``; under their claim if they hold one."""
    seen: dict[str, Any] = session.get(KEY, {})
    seen.pop(str(case.pk), None)
    seen[str(case.pk)] = _mark(claim, by) or [now.timestamp(), case.revision]
    session[KEY] = dict(list(seen.items())[-REMEMBERED:])


def forget(session: SessionBase, case: Case) -> None:
    """Mask the case again."""
    if session.get(KEY, {}).pop(str(case.pk), None) is not None:
        session.modified = True


def lasts(session: SessionBase, case: Case, claim: Claim | None, *, by: User, now: dt.datetime) -> bool:
    """True while a booked reveal still covers what the page would show."""
    noted = session.get(KEY, {}).get(str(case.pk))
    if noted is None:
        return False
    if isinstance(noted, str):
        return bool(noted == _mark(claim, by))
    at, revision = noted
    return bool(revision == case.revision) and 0 <= now.timestamp() - at <= WITHOUT_CLAIM.total_seconds()


def _mark(claim: Claim | None, by: User) -> str | None:
    """The name of a claim that ``by`` holds: another claim of the same case is another name."""
    return claim.taken_at.isoformat() if claim and claim.by_id == by.pk else None
