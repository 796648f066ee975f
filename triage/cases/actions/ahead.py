"""The next case, claimed before it is asked for: while a reviewer looks at one case, the one after it is kept ready.

A claim ahead is short, one a person, and counts among the cases that they hold. Nothing of the case is shown by it:
opening is logged when it is shown. It ends with its lease, or when the reviewer leaves, signs out or claims another.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.utils import timezone

from console.audit import log
from console.people.models import User
from triage.cases import places, rules
from triage.cases.actions import kept_ready, locks
from triage.cases.actions.claims import Claimed
from triage.cases.actions.next_case import take_next
from triage.cases.listing import Filters
from triage.cases.models import Case, Claim
from triage.queues.models import Queue

#: A reviewer at work asks again before it has passed.
LEASE: Final = dt.timedelta(minutes=2)


def claim_ahead(*, queues: list[Queue], among: Filters, by: User) -> Claimed | None:
    """Keep the next case of a list ready; again, for the one that is ready. None when there is none to keep.

    None too when the person holds as many cases as these queues allow: no refusal, for they did not ask.
    Raises Denied for a queue not theirs.
    """
    now = timezone.now()
    with log.transaction(by=by, purpose="claim"):
        locks.lock_person(by)
        kept = kept_ready.kept_for(by)
        if kept and kept.expires_at > now and places.has(among, kept.case, now=now):
            Claim.objects.filter(pk=kept.pk).update(expires_at=now + LEASE)
            facts = {"until": str(now + LEASE), "ahead": True}
            log.record("case.renewed", subject=kept.case, by=by, facts=facts)
            return Claimed(kept.case, now + LEASE)
        kept_ready.give_back(by)
        held = locks.held_by(by, now)
        wanted = [queue for queue in queues if rules.hold_more(held, limit=queue.hold_limit)]
        return take_next(queues=wanted, among=among, by=by, now=now, ahead=LEASE) if wanted else None


def take_ahead(*, case: Case, by: User) -> Claimed | None:
    """Make the claim ahead on a case a claim like any other. None when it has ended."""
    now = timezone.now()
    with log.transaction(by=by, purpose="claim"):
        case = locks.lock(case)
        expires_at = now + dt.timedelta(seconds=case.queue.lease_seconds)
        kept = Claim.objects.filter(case=case, by=by, ahead=True, expires_at__gt=now)
        if not kept.update(ahead=False, taken_at=now, expires_at=expires_at):
            return None
        facts = {"queue": case.queue.slug, "until": str(expires_at), "next": True}
        log.record("case.claimed", subject=case, by=by, facts=facts)
    return Claimed(case, expires_at)


def release_ahead(*, by: User) -> Case | None:
    """End the claim ahead of this person, who has left, and return its case; None when there is none."""
    if not Claim.objects.filter(by=by, ahead=True).exists():
        return None
    with log.transaction(by=by, purpose="claim"):
        locks.lock_person(by)
        return kept_ready.give_back(by)
