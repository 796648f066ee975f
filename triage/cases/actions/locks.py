"""Locking a case and holding its records.

Order everywhere: the wave when it is held at all, the person whose claims are counted, the case's row, then claim,
records, release.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db import connection, transaction

from console.errors import Missing, Stale
from console.people.models import User
from console.waves import locks as wave_locks
from triage.cases import rules
from triage.cases.models import Case, Claim, HeldRecord, State
from triage.cases.rules import Holder


def lock(case: Case) -> Case:
    """The case as it is now, with its queue, locked until the transaction ends. Raises Missing."""
    found = Case.objects.select_for_update(of=("self",)).select_related("queue").filter(pk=case.pk).first()
    if found is None:
        raise Missing(f"There is no case {case.ref}.")
    return found


def lock_numbers(cases: Iterable[int]) -> None:
    """Lock cases by their numbers, in ascending order."""
    list(Case.objects.select_for_update().filter(pk__in=set(cases)).order_by("pk").values_list("pk"))


def lock_to_decide(case: Case, *, person: User | None = None) -> Case:
    """As ``lock``, with the case's waves held before it: a decision changes what a gate may rest on.

    A run may have reported the case in another wave, or been recalled, since ``case`` was read. That wave is locked
    after the case, out of order, and therefore without waiting. Raises Missing, and Stale when it is not free.
    ``person``: who is going to claim it, whose row is locked in between.
    """
    wave_locks.lock_shared(case.waves)
    if person:
        lock_person(person)
    found = lock(case)
    others = set(found.waves) - set(case.waves)
    if others and not wave_locks.try_shared(others):
        raise Stale(f"{case.ref} is being reported in another wave at this moment. Try again.")
    return found


def lock_all_to_decide(numbers: Iterable[int]) -> list[Case]:
    """Several cases in ascending order, with their waves held before them. Raises Stale as ``lock_to_decide``."""
    wanted = Case.objects.filter(pk__in=[*numbers])
    before = {wave for case in wanted for wave in case.waves}
    wave_locks.lock_shared(sorted(before))
    found = list(wanted.all().select_for_update(of=("self",)).select_related("queue", "decision").order_by("pk"))
    others = {wave for case in found for wave in case.waves} - before
    if others and not wave_locks.try_shared(others):
        raise Stale("One of these cases is being reported in another wave at this moment. Try again.")
    return found


def unfrozen(case: Case) -> None:
    """Raises Denied when any of the held waves of a case is frozen."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, frozen_at, frozen_because FROM waves_wave WHERE id = ANY(%s) ORDER BY id", [case.waves]
        )
        found = cursor.fetchall()
    for name, frozen_at, because in found:
        rules.wave(name, frozen=frozen_at is not None, because=because).require()


def holder(case: Case) -> Holder | None:
    """Who holds a claim on a locked case, run out or not."""
    row = Claim.objects.filter(case=case).values_list("by_id", "by__name", "expires_at", "taken_at").first()
    return Holder(*row) if row else None


def lock_person(person: User) -> None:
    """Hold the row of a person whose claims are counted, so that two claims at once count each other."""
    User.objects.select_for_update(no_key=True).filter(pk=person.pk).values_list("pk").first()


def held_by(person: User, now: dt.datetime) -> int:
    """How many cases a person holds now, one kept ready for them included. The caller has locked their row."""
    return Claim.objects.filter(by=person, expires_at__gt=now).count()


def take(case: Case, *, by_id: int, now: dt.datetime) -> dt.datetime | None:
    """Write a claim and hold the case's records. None, and nothing written, when a sibling case holds one of them."""
    expires_at = now + dt.timedelta(seconds=case.queue.lease_seconds)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_HOLD, {"case": case.pk, "records": sorted(set(case.record_keys))})
        if cursor.fetchone()[0]:
            transaction.set_rollback(True)
            return None
    Claim.objects.create(case=case, by_id=by_id, taken_at=now, expires_at=expires_at)
    return expires_at


def let_go(cases: Sequence[int]) -> None:
    """End the claims on locked cases and free their records."""
    HeldRecord.objects.filter(case_id__in=cases).delete()
    Claim.objects.filter(case_id__in=cases).delete()


def sweep(now: dt.datetime, *, limit: int = 200) -> list[int]:
    """Reopen cases whose claims have expired, skipping those that are locked. Return their numbers."""
    with connection.cursor() as cursor:
        cursor.execute(_LATE, [now, limit])
        late = [number for (number,) in cursor.fetchall()]
    if late:
        let_go(late)
        Case.objects.filter(pk__in=late, state=State.CLAIMED).update(state=State.OPEN)
    return late


# Records are taken in their order, so two claims can wait for each other only one way round.
_HOLD = """
WITH wanted AS (SELECT unnest(%(records)s::bigint[]) AS record_key),
taken AS (
    INSERT INTO cases_heldrecord (record_key, case_id)
    SELECT record_key, %(case)s FROM wanted ORDER BY record_key
    ON CONFLICT (record_key) DO NOTHING
    RETURNING record_key
)
SELECT (SELECT count(*) FROM wanted) - (SELECT count(*) FROM taken)
"""

_LATE = """
SELECT c.id FROM cases_case AS c JOIN cases_claim AS l ON l.case_id = c.id
WHERE l.expires_at <= %s ORDER BY l.expires_at LIMIT %s FOR UPDATE OF c, l SKIP LOCKED
"""
