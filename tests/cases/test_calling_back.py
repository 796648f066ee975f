"""Undoing a decision that sent its case to another queue, for a short time and while no reviewer works on it there."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from console.errors import Denied, Stale
from console.people.queries import system
from tests import factories
from tests.desk.reading import signed_in
from triage.cases import actions, sequencer
from triage.cases.models import Case, Decision, FeedItem, ReleaseDue, State

pytestmark = pytest.mark.django_db
SENT = {
    "ESCALATE": {"verdict": "ESCALATE", "reason": "second_opinion"},
    "OVERLAY_SUSPECTED": {"verdict": "OVERLAY_SUSPECTED", "reason": "two_people_one_record"},
}


@pytest.fixture
def queue():
    there = factories.make_queue("there")
    return factories.make_queue("here", targets={"escalation": there, "overlay": there}, undo_seconds=120)


def send(case: Case, verdict: str, by) -> Case:
    actions.claim(case=case, by=by)
    return actions.decide(case=case, seen=1, by=by, **SENT[verdict]).case


@pytest.mark.parametrize("verdict", SENT)
def test_the_case_comes_back_as_it_was(queue, ana, verdict) -> None:
    case = factories.make_case(queue=queue, severity=3)
    before = Case.objects.values("queue", "severity", "priority", "due_at").get(pk=case.pk)
    sent = send(case, verdict, ana)
    assert (sent.queue.slug, sent.state) == ("there", State.OPEN)
    undone = actions.undo(case=sent, by=ana)
    assert undone.claimed
    assert Case.objects.values("queue", "severity", "priority", "due_at").get(pk=case.pk) == before
    now = Case.objects.get(pk=case.pk)
    assert (now.state, now.revision, now.decision_id) == (State.CLAIMED, 3, None), "a revision never goes back"
    sequencer.release(by=system(), now=timezone.now() + dt.timedelta(days=1))
    assert not FeedItem.objects.exists()
    assert not ReleaseDue.objects.exists()
    assert actions.decide(case=case, verdict="NO_MATCH", reason="namesakes", seen=3, by=ana).decision.pk


@pytest.mark.parametrize("verdict", SENT)
def test_not_once_another_reviewer_has_it_nor_later_nor_by_others(queue, ana, ben, verdict) -> None:
    case = send(factories.make_case(queue=queue, severity=3), verdict, ana)
    with pytest.raises(Denied, match="Only that reviewer"):
        actions.undo(case=case, by=ben)
    actions.claim(case=case, by=ben)
    with pytest.raises(Stale, match="Ben has claimed"):
        actions.undo(case=case, by=ana)
    actions.release_claim(case=case, by=ben)
    with time_machine.travel(timezone.now() + dt.timedelta(seconds=121), tick=False), pytest.raises(Stale):
        actions.undo(case=case, by=ana)
    actions.claim(case=case, by=ben)
    actions.decide(case=case, verdict="NO_MATCH", reason="namesakes", seen=2, by=ben)
    with pytest.raises((Denied, Stale)):
        actions.undo(case=case, by=ana)
    assert Decision.objects.count() == 2


@pytest.mark.parametrize("verdict", SENT)
def test_my_decisions_offer_to_undo_it_for_as_long(queue, ana, ben, verdict) -> None:
    case = send(factories.make_case(queue=queue, severity=3), verdict, ana)
    offered = f'action="/cases/{case.ref}/undo/"'
    mine = signed_in(ana)

    def page() -> str:
        return mine.get("/decisions/mine/").content.decode()

    assert offered in page()
    actions.claim(case=case, by=ben)
    assert offered not in page(), "another reviewer has claimed it there"
    actions.release_claim(case=case, by=ben)
    assert offered in page()
    with time_machine.travel(timezone.now() + dt.timedelta(seconds=121), tick=False):
        assert offered not in page(), "the time has passed"
    actions.undo(case=case, by=ana)
    assert offered not in page(), "it is undone"


def test_a_released_overlay_is_reversed_not_undone(queue, ana) -> None:
    case = send(factories.make_case(queue=queue, severity=3), "OVERLAY_SUSPECTED", ana)
    with time_machine.travel(timezone.now() + dt.timedelta(seconds=119), tick=False):
        sequencer.release(by=system(), now=timezone.now() + dt.timedelta(seconds=2))
        assert FeedItem.objects.count() == 1
        with pytest.raises(Stale):
            actions.undo(case=case, by=ana)


def test_undoing_holds_no_more_than_one_may(queue, ana) -> None:
    queue.hold_limit = 2
    queue.save()
    first, second, third = (factories.make_case(queue=queue) for _ in range(3))
    actions.claim(case=first, by=ana)
    actions.decide(case=first, verdict="NO_MATCH", reason="namesakes", seen=1, by=ana)
    actions.claim(case=second, by=ana)
    actions.claim(case=third, by=ana)
    undone = actions.undo(case=first, by=ana)
    assert undone.why_open == "you hold as many cases as you may"
    assert Case.objects.get(pk=first.pk).state == State.OPEN


def test_the_receipt_offers_to_undo_a_transfer(client, queue, ana) -> None:
    case = factories.make_case(queue=queue, severity=3)
    actions.claim(case=case, by=ana)
    client.force_login(ana)
    body = SENT["ESCALATE"] | {"seen": "1", "then": "next"}
    page = client.post(f"/cases/{case.ref}/decisions/", body, follow=True).content.decode()
    assert f'action="/cases/{case.ref}/undo/"' in page
    assert client.post(f"/cases/{case.ref}/undo/", follow=True).status_code == 200
    assert Case.objects.get(pk=case.pk).queue.slug == "here"
