"""Decisions: made once, on what was seen, undone before release, reversed afterwards."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
import time_machine
from django.utils import timezone

from console.audit import log
from console.audit.models import LogEntry
from console.errors import Denied, Invalid, Stale
from console.people.queries import system
from tests import factories
from triage.cases import actions, feed, sequencer
from triage.cases.models import Case, Claim, Decision, FeedItem, ReleaseDue, Role, State

pytestmark = pytest.mark.django_db


def claimed(by, **fields) -> Case:
    case = factories.make_case(**fields)
    actions.claim(case=case, by=by)
    return case


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def link(case: Case, by, **changes):
    return actions.decide(**({"case": case, "verdict": "LINK", "seen": 1, "by": by} | changes))


def release(**span) -> sequencer.Released:
    return sequencer.release(by=system(), now=timezone.now() + dt.timedelta(**(span or {"hours": 1})))


def test_a_decision_stands_with_its_receipt(ana) -> None:
    case = claimed(ana)
    done = link(case, ana, reason="identifiers_agree", note="Seen both charts.")
    decision = Decision.objects.get()
    entry = LogEntry.objects.get(verb="case.decided")
    assert decision.receipt == bytes(entry.leaf_hash).hex() == done.decision.receipt
    assert decision.entry_id == entry.pk
    assert entry.subject == case.ref
    assert entry.facts["decision"] == decision.pk
    assert "Seen both" not in str(entry.facts)
    assert (fresh(case).state, fresh(case).decision) == (State.DECIDED, decision)
    assert not Claim.objects.exists()
    assert ReleaseDue.objects.get().release_at == decision.decided_at + dt.timedelta(seconds=case.queue.undo_seconds)


def test_a_repeat_gives_the_first_decision(ana, ben) -> None:
    case, key = claimed(ana), uuid.uuid4()
    first = link(case, ana, request_key=key)
    again = link(case, ana, request_key=key)
    without_key = link(case, ana)
    assert (first.repeat, again.repeat, without_key.repeat) == (False, True, True)
    assert first.decision == again.decision == without_key.decision
    assert Decision.objects.count() == 1
    other = claimed(ben)
    with pytest.raises(Invalid, match="another decision"):
        link(other, ben, request_key=key)
    assert LogEntry.objects.filter(verb="case.decided").count() == 1


def test_what_was_not_seen_is_not_decided(ana) -> None:
    case = claimed(ana)
    Case.objects.filter(pk=case.pk).update(revision=2)
    with pytest.raises(Stale, match="changed after you opened it"):
        link(case, ana)
    assert not Decision.objects.exists()
    assert link(case, ana, seen=2).decision.seen_revision == 2


def test_a_lapsed_claim_decides_nothing(ana) -> None:
    case = claimed(ana)
    with time_machine.travel(timezone.now() + dt.timedelta(hours=1)), pytest.raises(Stale, match="has expired"):
        link(case, ana)
    assert not Decision.objects.exists()


def test_no_one_decides_on_anothers_claim(ana, ben, cora) -> None:
    case = claimed(ana)
    with pytest.raises(Stale, match="Ana has claimed"):
        link(case, ben)
    with pytest.raises(Denied):
        link(case, cora)


def test_a_severe_case_needs_a_reason_even_to_link(ana) -> None:
    case = claimed(ana, severity=3)
    with pytest.raises(Invalid, match="needs a reason"):
        link(case, ana)
    assert link(case, ana, reason="identifiers_agree").case.state == State.DECIDED


def test_a_frozen_wave_takes_no_decision(ana) -> None:
    case = claimed(ana)
    case.wave.frozen_at, case.wave.frozen_because = timezone.now(), "gate 3"
    case.wave.save()
    with pytest.raises(Denied, match="frozen: gate 3"):
        link(case, ana)


def test_undo_gives_the_case_back_to_the_same_hands(ana, ben) -> None:
    case = claimed(ana)
    made = link(case, ana).decision
    with pytest.raises(Denied, match="nother reviewer"):
        actions.undo(case=case, by=ben)
    undone = actions.undo(case=case, by=ana)
    assert undone.claimed
    assert (undone.decision.role, undone.decision.reverses) == (Role.REVERSAL, made)
    assert (fresh(case).state, Claim.objects.get().by) == (State.CLAIMED, ana)
    assert release() == sequencer.Released(0, 0)
    assert not FeedItem.objects.exists()
    assert actions.decide(case=case, verdict="NO_MATCH", reason="namesakes", seen=1, by=ana).repeat is False
    with pytest.raises(Stale):
        actions.claim(case=case, by=ben)


def test_undo_comes_too_late_after_the_release(ana) -> None:
    case = claimed(ana)
    link(case, ana)
    assert release(seconds=case.queue.undo_seconds + 1).count == 1
    with pytest.raises(Stale, match="released"):
        actions.undo(case=case, by=ana)


def test_undo_while_a_sibling_is_worked_leaves_the_case_open(ana, ben) -> None:
    case = factories.make_case(line=factories.merge_line(1, 2))
    sibling = factories.make_case(line=factories.merge_line(1, 3))
    actions.claim(case=case, by=ana)
    link(case, ana)
    actions.claim(case=sibling, by=ben)
    undone = actions.undo(case=case, by=ana)
    assert not undone.claimed
    assert fresh(case).state == State.OPEN
    assert release() == sequencer.Released(0, 0)


@pytest.mark.parametrize(
    ("verdict", "fields", "state"),
    [
        ("DEFER", {"reason": "later_run_expected", "until": timezone.now() + dt.timedelta(days=3)}, State.DEFERRED),
        ("NEEDS_INFO", {"reason": "paper_record_needed", "asked_of": "Archive"}, State.WAITING),
    ],
)
def test_putting_off_can_be_taken_back_and_is_never_released(ana, verdict, fields, state) -> None:
    case = claimed(ana)
    factories.make_mailbox("archive")
    actions.decide(case=case, verdict=verdict, seen=1, by=ana, **fields)
    assert fresh(case).state == state
    assert release(days=30).count == 0
    actions.undo(case=case, by=ana)
    assert fresh(case).state == State.CLAIMED


def test_escalating_hands_on_to_others(ana, ben) -> None:
    senior = factories.make_queue("senior")
    case = claimed(ana, queue=factories.make_queue("first", targets={"escalation": senior}))
    done = actions.decide(case=case, verdict="ESCALATE", reason="second_opinion", seen=1, by=ana)
    assert (fresh(case).queue, fresh(case).state) == (senior, State.OPEN)
    assert done.decision.release_at is None
    with pytest.raises(Denied, match="nother reviewer"):
        actions.claim(case=case, by=ana)
    assert actions.claim_next(queues=[senior], by=ana) is None
    assert actions.claim_next(queues=[senior], by=ben).case.pk == case.pk


def test_escalating_needs_somewhere_to_go(ana) -> None:
    case = claimed(ana)
    with pytest.raises(Invalid, match="has no target queue"):
        actions.decide(case=case, verdict="ESCALATE", reason="second_opinion", seen=1, by=ana)
    assert fresh(case).state == State.CLAIMED


def test_a_suspected_overlay_holds_the_records_and_goes_to_its_queue(ana) -> None:
    urgent = factories.make_queue("overlays")
    case = claimed(ana, queue=factories.make_queue("first", targets={"overlay": urgent}))
    made = actions.decide(
        case=case, verdict="OVERLAY_SUSPECTED", reason="two_people_one_record", seen=1, by=ana
    ).decision
    assert (fresh(case).queue, fresh(case).state, fresh(case).severity) == (urgent, State.OPEN, 4)
    assert release().count == 1
    assert FeedItem.objects.get().decision == made
    assert fresh(case).state == State.OPEN


def test_without_such_a_queue_a_suspected_overlay_settles(ana) -> None:
    case = claimed(ana)
    actions.decide(case=case, verdict="OVERLAY_SUSPECTED", reason="two_people_one_record", seen=1, by=ana)
    assert fresh(case).state == State.DECIDED


def test_a_reversal_is_a_decision_that_the_feed_carries(ana, lena) -> None:
    case = claimed(ana)
    made = link(case, ana).decision
    with pytest.raises(Stale):
        actions.reverse(case=case, reason="wrong", by=lena)
    release()
    with pytest.raises(Denied):
        actions.reverse(case=case, reason="wrong", by=ana)
    with pytest.raises(Invalid, match="Enter a reason"):
        actions.reverse(case=case, reason="  ", by=lena)
    reversal = actions.reverse(case=case, reason="Another national id was found.", by=lena)
    assert (reversal.role, reversal.reverses, reversal.verdict) == (Role.REVERSAL, made, "REVERSE")
    again = fresh(case)
    assert (again.state, again.decision, again.revision) == (State.OPEN, None, 2)
    ordinary = factories.make_case(queue=case.queue, priority=249)
    assert release().count == 1
    assert [item.decision for item in feed.page(0, 10).items] == [made, reversal]
    assert actions.claim_next(queues=[case.queue], by=ana).case.pk == case.pk, "before others of its severity"
    assert ordinary.pk != case.pk


def test_a_refused_entry_takes_the_decision_with_it(ana, monkeypatch) -> None:
    case = claimed(ana)

    def broken(*_, **__):
        raise RuntimeError("the audit log cannot be written")

    monkeypatch.setattr(log, "record", broken)
    with pytest.raises(RuntimeError):
        link(case, ana)
    monkeypatch.undo()
    assert not Decision.objects.exists()
    assert fresh(case).state == State.CLAIMED
    assert Claim.objects.filter(case=case).exists()
