"""Claims: one person at a time, for a time, and never two cases about one record."""

from __future__ import annotations

import datetime as dt
import functools

import pytest
import time_machine
from django.utils import timezone
from guardian.shortcuts import assign_perm

from console.audit.models import LogEntry
from console.errors import Denied, Stale
from console.people.queries import system
from tests import factories
from triage.cases import actions
from triage.cases.actions import maintenance
from triage.cases.models import Case, Claim, HeldRecord, State

pytestmark = pytest.mark.django_db


def state(case: Case) -> str:
    return Case.objects.values_list("state", flat=True).get(pk=case.pk)


def siblings():
    """Two cases that share a record."""
    return factories.make_case(line=factories.merge_line(1, 2)), factories.make_case(line=factories.merge_line(1, 3))


def later(**span):
    return time_machine.travel(timezone.now() + dt.timedelta(**span), tick=False)


def test_a_claimed_case_is_no_one_elses(ana, ben) -> None:
    case = factories.make_case()
    claimed = actions.claim(case=case, by=ana)
    assert claimed.expires_at > timezone.now()
    with pytest.raises(Stale, match="Ana has already claimed"):
        actions.claim(case=case, by=ben)
    with pytest.raises(Stale, match="You have already claimed"):
        actions.claim(case=case, by=ana)
    assert actions.claim_next(queues=[case.queue], by=ben) is None
    assert HeldRecord.objects.filter(case=case).count() == 2


def test_a_lapsed_claim_is_no_claim_though_no_one_swept(ana, ben) -> None:
    case = factories.make_case()
    actions.claim(case=case, by=ana)
    with later(seconds=case.queue.lease_seconds + 1):
        with pytest.raises(Stale, match="has expired"):
            actions.renew(case=case, by=ana)
        assert actions.claim(case=case, by=ben).case.pk == case.pk
        assert Claim.objects.get(case=case).by == ben
        with pytest.raises(Stale, match="Ben has claimed"):
            actions.release_claim(case=case, by=ana)


def test_claim_next_finds_a_case_whose_claim_has_lapsed(ana, ben) -> None:
    case = factories.make_case()
    actions.claim(case=case, by=ana)
    with later(hours=1):
        found = actions.claim_next(queues=[case.queue], by=ben)
    assert found
    assert found.case.pk == case.pk


def test_renewing_restarts_the_lease(ana) -> None:
    case = factories.make_case()
    first = actions.claim(case=case, by=ana).expires_at
    with later(seconds=300):
        assert actions.renew(case=case, by=ana).expires_at > first + dt.timedelta(seconds=299)


def test_the_most_pressing_case_comes_first(ana) -> None:
    now = timezone.now()
    queue, other = factories.make_queue(hold_limit=5), factories.make_queue("other", order=1, hold_limit=5)
    late = factories.make_case(queue=queue, due_at=now + dt.timedelta(hours=1))
    later_due = factories.make_case(queue=other, due_at=now + dt.timedelta(hours=2))
    severe = factories.make_case(queue=other, severity=4, due_at=now + dt.timedelta(days=9))
    lifted = factories.make_case(queue=queue, priority=249, due_at=now + dt.timedelta(days=9))
    order = [actions.claim_next(queues=[queue, other], by=ana).case.pk for _ in range(4)]
    assert order == [severe.pk, lifted.pk, late.pk, later_due.pk]
    assert actions.claim_next(queues=[queue, other], by=ana) is None


def test_a_sibling_waits_until_the_other_is_done(ana, ben) -> None:
    first, second = siblings()
    actions.claim(case=first, by=ana)
    with pytest.raises(Stale, match=f"shares a record with {first.ref}"):
        actions.claim(case=second, by=ben)
    assert actions.claim_next(queues=[second.queue], by=ben) is None
    assert HeldRecord.objects.filter(case=second).count() == 0
    actions.release_claim(case=first, by=ana)
    assert actions.claim(case=second, by=ben).case.pk == second.pk


def test_deciding_frees_the_siblings(ana, ben) -> None:
    first, second = siblings()
    actions.claim(case=first, by=ana)
    actions.decide(case=first, verdict="LINK", seen=1, by=ana)
    assert actions.claim_next(queues=[second.queue], by=ben).case.pk == second.pk


def test_only_a_lead_takes_a_claim_away(ana, ben, lena) -> None:
    case = factories.make_case()
    actions.claim(case=case, by=ana)
    with pytest.raises(Denied):
        actions.remove_claim(case=case, reason="holiday", by=ben)
    actions.remove_claim(case=case, reason="holiday", by=lena)
    assert state(case) == State.OPEN
    entry = LogEntry.objects.get(verb="case.taken_away")
    assert entry.facts == {"reason": "holiday", "holder": ana.pk}


def test_time_ends_claims_and_wakes_the_deferred(ana, ben) -> None:
    left, put_off = factories.make_case(), factories.make_case()
    actions.claim(case=left, by=ana)
    actions.claim(case=put_off, by=ben)
    until = timezone.now() + dt.timedelta(minutes=30)
    actions.decide(case=put_off, verdict="DEFER", reason="later_run_expected", until=until, seen=1, by=ben)
    assert state(put_off) == State.DEFERRED
    assert maintenance.sweep(by=system()) == maintenance.Swept(0, 0)
    assert not LogEntry.objects.filter(verb="queue.tended").exists()
    with later(hours=1):
        assert maintenance.sweep(by=system()) == maintenance.Swept(1, 1)
    assert (state(left), state(put_off)) == (State.OPEN, State.OPEN)
    assert LogEntry.objects.get(verb="queue.tended").facts == {"expired": [left.ref], "woken": [put_off.ref]}


def test_a_waiting_case_is_taken_up_when_the_answer_has_come(ana) -> None:
    case = factories.make_case()
    factories.make_mailbox("archive")
    actions.claim(case=case, by=ana)
    with pytest.raises(Stale):
        actions.resume(case=case, by=ana)
    actions.decide(case=case, verdict="NEEDS_INFO", reason="paper_record_needed", asked_of="Archive", seen=1, by=ana)
    assert state(case) == State.WAITING
    actions.resume(case=case, by=ana)
    assert state(case) == State.OPEN


VERBS = {
    "claim": lambda case, by: actions.claim(case=case, by=by),
    "next": lambda case, by: actions.claim_next(queues=[case.queue], by=by),
    "reveal": lambda case, by: actions.reveal(case=case, by=by),
    "opened": lambda case, by: actions.opened(case=case, by=by),
}


@pytest.mark.parametrize("verb", VERBS)
def test_no_claim_without_the_permission(verb, request) -> None:
    case = factories.make_case()
    may = {
        "claim": {"ana", "lena"},
        "next": {"ana", "lena"},
        "reveal": {"ana", "lena"},
        "opened": {"ana", "lena", "cora", "bo"},
    }
    for name in ("ana", "lena", "cora", "omar", "bo", "ada", "pipe", "eve"):
        by = request.getfixturevalue(name)
        before = LogEntry.objects.filter(actor=by).count()
        call = functools.partial(VERBS[verb], case, by)
        if name in may[verb]:
            call()
            assert LogEntry.objects.filter(actor=by, verb__startswith="case.").exists()
            if verb in {"claim", "next"}:
                actions.release_claim(case=case, by=by)
        else:
            with pytest.raises(Denied):
                call()
            assert LogEntry.objects.filter(actor=by).count() == before


def test_a_role_on_one_queue_opens_no_other(eve) -> None:
    mine, other = (
        factories.make_case(queue=factories.make_queue("mine")),
        factories.make_case(queue=factories.make_queue("other")),
    )
    assign_perm("cases.work_queue", eve, mine.queue)
    assert actions.claim(case=mine, by=eve)
    with pytest.raises(Denied):
        actions.claim(case=other, by=eve)
    with pytest.raises(Denied):
        actions.claim_next(queues=[other.queue], by=eve)
