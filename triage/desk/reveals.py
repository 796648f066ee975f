"""Which cases this session may see unmasked: as long as the claim lasts, or a quarter of an hour without one.

The session remembers only that a reveal was logged; the page checks the permission again each time.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.contrib.sessions.backends.base import SessionBase

from console.people.models import User
from triage.cases.models import Case, Claim

KEY: Final = "desk.revealed"
WITHOUT_CLAIM: Final = dt.timedelta(minutes=15)
REMEMBERED: Final = 20

#: What the session keeps of a reveal: the claim that it lasts with, or its time and the case's revision.
Mark = str | tuple[float, int]


def remember(session: SessionBase, case: Case, claim: Claim | None, *, by: User, now: dt.datetime) -> None:
    """Note that a reveal of ``case`` has been logged for ``by``; under their claim if they hold one."""
    seen: dict[str, Mark] = session.get(KEY, {})
    seen.pop(str(case.pk), None)
    seen[str(case.pk)] = _claim_name(claim, by) or (now.timestamp(), case.revision)
    session[KEY] = dict(list(seen.items())[-REMEMBERED:])


def forget(session: SessionBase, case: Case) -> None:
    """Mask the case again."""
    if session.get(KEY, {}).pop(str(case.pk), None) is not None:
        session.modified = True


def lasts(session: SessionBase, case: Case, claim: Claim | None, *, by: User, now: dt.datetime) -> bool:
    """True while a logged reveal still covers what the page would show."""
    noted: Mark | None = session.get(KEY, {}).get(str(case.pk))
    if noted is None:
        return False
    if isinstance(noted, str):
        return noted == _claim_name(claim, by)
    at, revision = noted
    return revision == case.revision and 0 <= now.timestamp() - at <= WITHOUT_CLAIM.total_seconds()


def _claim_name(claim: Claim | None, by: User) -> str | None:
    """The name of a claim that ``by`` holds: another claim of the same case is another name."""
    return claim.taken_at.isoformat() if claim and claim.by_id == by.pk else None
