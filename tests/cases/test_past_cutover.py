"""Deferrals past the cutover of a wave: who must agree, what counts them, and what wakes them."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from console.audit.models import LogEntry
from console.errors import Denied, Invalid, Stale
from console.people.models import User
from console.people.queries import system
from console.waves import actions as waves
from console.waves.models import Wave
from tests import factories
from tests.cases.landing import Line, case_of, land
from triage import facts
from triage.cases import actions, filters, listing, queries
from triage.cases.actions import maintenance, outcomes, waking
from triage.cases.models import PAST_CUTOVER, Case, Decision, FeedItem, Role, State
from triage.cases.models.decision import CUTOVER
from triage.queues.models import Severity, SlaPolicy

pytestmark = pytest.mark.django_db


def fresh(case: Case) -> Case:
    return Case.objects.select_related("queue", "wave", "proposal").get(pk=case.pk)


def deferred(case: Case, by: User, until=CUTOVER, **extra) -> actions.Decided:
    case = fresh(case)
    actions.claim(case=case, by=by)
    given = {"verdict": "DEFER", "reason": "later_run_expected", "until": until} | extra
    return actions.decide(case=case, seen=case.revision, by=by, **given)


def state(case: Case) -> tuple[str, bool, bool]:
    now = fresh(case)
    return now.state, now.past_cutover, now.proposal_id is not None


def cut_over(wave: Wave, by: User) -> None:
    waves.state_cutover(wave=wave, reason="Cut over by hand.", by=by)


def counts(case: Case) -> tuple[int, int, int]:
    """Deferred and deferred past cutover in the queue, deferred past cutover in the wave."""
    tally = queries.tally([case.queue])[case.queue_id]
    by_severity = queries.unresolved_by_severity([case.wave_id])[case.wave_id]
    return tally[State.DEFERRED], tally[PAST_CUTOVER], sum(past for _, past in by_severity.values())


@pytest.mark.parametrize("severity", [Severity.LOW, Severity.MEDIUM])
def test_one_person_defers_what_is_not_severe(ana, severity) -> None:
    case = factories.make_case(severity=severity)
    done = deferred(case, ana)
    assert state(case) == (State.DEFERRED, True, False)
    assert done.decision.details == {"until": CUTOVER}
    assert counts(case) == (1, 1, 1)
    assert not FeedItem.objects.exists()


@pytest.mark.parametrize("severity", [Severity.HIGH, Severity.CRITICAL])
def test_a_severe_case_waits_for_another_person_who_agrees(ana, ben, severity) -> None:
    case = factories.make_case(severity=severity)
    proposed = deferred(case, ana, note="Cleaned up afterwards.")
    assert state(case) == (State.OPEN, False, True)
    assert counts(case) == (0, 0, 0)
    with pytest.raises(Denied, match="You asked to defer"):
        actions.claim(case=fresh(case), by=ana)
    assert actions.claim_next(queues=[case.queue], by=ana) is None
    assert actions.claim_next(queues=[case.queue], by=ben).case.pk == case.pk
    now = fresh(case)
    agreed = actions.decide(
        case=now, verdict="DEFER", reason="later_run_expected", until=CUTOVER, seen=now.revision, by=ben
    )
    assert state(case) == (State.DEFERRED, True, False)
    assert agreed.decision.role == Role.SECOND
    assert agreed.decision.details["answers"] == proposed.decision.pk
    assert counts(case) == (1, 1, 1)
    verbs = LogEntry.objects.filter(subject=case.ref).values_list("verb", flat=True)
    assert {"case.deferral_proposed", "case.decided"} <= set(verbs)


@pytest.mark.parametrize(
    ("answer", "ends"),
    [
        ({"verdict": "NO_MATCH", "reason": "namesakes"}, State.DECIDED),
        ({"verdict": "NEEDS_INFO", "reason": "identifier_missing", "asked_of": "clinic"}, State.WAITING),
        ({"verdict": "ESCALATE", "reason": "second_opinion"}, State.OPEN),
        ({"verdict": "DEFER", "reason": "later_run_expected", "until": "day"}, State.DEFERRED),
    ],
)
def test_any_other_verdict_declines_and_its_undoing_asks_again(ana, ben, answer, ends) -> None:
    factories.make_mailbox("clinic")
    queue = factories.make_queue(targets={"escalation": factories.make_queue("experts")})
    case = factories.make_case(queue=queue, severity=3)
    deferred(case, ana)
    if answer.get("until") == "day":
        answer = answer | {"until": timezone.now() + dt.timedelta(days=3)}
    deferred(case, ben, **({"until": None} | answer))
    assert state(case) == (ends, False, False)
    actions.undo(case=fresh(case), by=ben)
    assert state(case) == (State.CLAIMED, False, True)
    actions.release_claim(case=fresh(case), by=ben)
    with pytest.raises(Denied):
        actions.claim(case=fresh(case), by=ana)


def test_who_asked_takes_it_back_while_no_reviewer_holds_it(ana, ben) -> None:
    case = factories.make_case(severity=4)
    deferred(case, ana)
    actions.undo(case=fresh(case), by=ana)
    assert state(case) == (State.CLAIMED, False, False)
    actions.release_claim(case=fresh(case), by=ana)
    deferred(case, ana)
    actions.claim(case=fresh(case), by=ben)
    with pytest.raises(Stale, match="Ben has claimed"):
        actions.undo(case=fresh(case), by=ana)


def test_an_undone_agreement_waits_for_another_person_again(ana, ben) -> None:
    case = factories.make_case(severity=3)
    deferred(case, ana)
    deferred(case, ben)
    actions.undo(case=fresh(case), by=ben)
    assert state(case) == (State.CLAIMED, False, True)
    assert counts(case) == (0, 0, 0)


def test_an_undone_deferral_is_claimed_again_and_counts_no_longer(ana) -> None:
    case = factories.make_case()
    deferred(case, ana)
    actions.undo(case=fresh(case), by=ana)
    assert state(case) == (State.CLAIMED, False, False)
    assert counts(case) == (0, 0, 0)


def test_a_reviewer_resumes_it_before(ana) -> None:
    case = factories.make_case()
    deferred(case, ana)
    actions.resume(case=fresh(case), by=ana)
    assert state(case) == (State.OPEN, False, False)
    assert counts(case) == (0, 0, 0)


def test_the_cutover_wakes_it_due_from_now(ana, omar) -> None:
    SlaPolicy.objects.create(severity=2, minutes=90)
    case = factories.make_case(due_at=timezone.now() - dt.timedelta(days=30))
    other = factories.make_case(run=factories.make_run(wave=factories.make_wave("other")))
    deferred(case, ana)
    deferred(other, ana)
    swept = maintenance.sweep(by=system())
    assert swept.woken == 0
    cut_over(case.wave, omar)
    assert maintenance.sweep(by=system()).woken == 1
    assert maintenance.sweep(by=system()).woken == 0
    assert state(case) == (State.OPEN, False, False)
    assert state(other) == (State.DEFERRED, True, False)
    assert abs(fresh(case).due_at - timezone.now() - dt.timedelta(minutes=90)) < dt.timedelta(minutes=1)
    assert counts(case) == (0, 1, 1) or counts(case)[2] == 0
    entry = LogEntry.objects.get(verb="queue.cutover_woken")
    assert entry.facts["woken"] == [case.ref]


def test_it_wakes_with_the_first_of_its_waves(ana, omar) -> None:
    factories.make_queue()
    first, second = factories.make_wave("first"), factories.make_wave("second")
    land(factories.make_run(wave=first), Line("x"))
    land(factories.make_run(wave=second), Line("x"))
    deferred(case_of("x"), ana)
    assert {wave: queries.unresolved_by_severity([wave])[wave][2] for wave in (first.pk, second.pk)} == {
        first.pk: (1, 1),
        second.pk: (1, 1),
    }
    cut_over(second, omar)
    assert waking.wake_after_cutover(by=system(), now=timezone.now()) == 1
    assert state(case_of("x")) == (State.OPEN, False, False)


def test_it_wakes_when_a_wave_that_has_cut_over_reports_it_too(ana, omar) -> None:
    factories.make_queue()
    gone = factories.make_wave("gone")
    cut_over(gone, omar)
    land(factories.make_run(), Line("x"))
    deferred(case_of("x"), ana)
    land(factories.make_run(wave=gone), Line("x"))
    assert maintenance.sweep(by=system()).woken == 1


def test_waking_goes_on_batch_by_batch(ana, omar, monkeypatch) -> None:
    monkeypatch.setattr(waking, "BATCH", 2)
    made = [factories.make_case() for _ in range(5)]
    for case in made:
        deferred(case, ana)
    cut_over(made[0].wave, omar)
    now = timezone.now()
    assert [waking.wake_after_cutover(by=system(), now=now, limit=2) for _ in range(4)] == [2, 2, 1, 0]


@pytest.mark.parametrize("until", ["tomorrow", "", "CUTOVER", 3, "infinity"])
def test_no_other_word_is_an_end(ana, until) -> None:
    with pytest.raises(Invalid):
        deferred(factories.make_case(), ana, until=until)


def test_only_a_deferral_waits_for_the_cutover(ana) -> None:
    with pytest.raises(Invalid, match="does not wait"):
        deferred(factories.make_case(), ana, verdict="NO_MATCH", reason="namesakes")


def test_past_a_cutover_that_took_place_nothing_is_deferred(ana, ben, omar) -> None:
    case = factories.make_case(severity=3)
    deferred(case, ana)
    cut_over(case.wave, omar)
    with pytest.raises(Invalid, match="has cut over"):
        deferred(case, ben)
    assert state(case)[2]
    waves.retract_cutover(wave=case.wave, reason="Rolled back.", by=omar)
    actions.decide(case=fresh(case), verdict="DEFER", reason="other", until=CUTOVER, seen=fresh(case).revision, by=ben)
    assert state(case) == (State.DEFERRED, True, False)


def test_a_frozen_wave_takes_no_deferral(ana) -> None:
    case = factories.make_case()
    Wave.objects.filter(pk=case.wave_id).update(frozen_at=timezone.now(), frozen_because="GATE-1")
    with pytest.raises(Denied, match="frozen"):
        deferred(case, ana)


def test_the_same_request_sent_twice_proposes_once(ana) -> None:
    case = fresh(factories.make_case(severity=4))
    actions.claim(case=case, by=ana)
    given = {"verdict": "DEFER", "reason": "other", "until": CUTOVER, "seen": 1, "by": ana}
    first = actions.decide(case=case, **given)
    again = actions.decide(case=case, **given)
    assert again.repeat
    assert again.decision == first.decision
    assert Decision.objects.count() == 1


@pytest.mark.parametrize("proposed", [True, False])
def test_a_recalled_run_withdraws_it(ana, proposed) -> None:
    case = factories.make_case(severity=4 if proposed else 1)
    deferred(case, ana)
    outcomes.withdraw(case.opened_run)
    assert state(case) == (State.WITHDRAWN, False, False)
    assert counts(case) == (0, 0, 0)


@pytest.mark.parametrize(
    ("before", "after", "wakes"), [(1, 2, False), (2, 3, True), (2, 4, True), (3, 3, False), (3, 4, True)]
)
def test_a_severity_that_rises_asks_another_person_again(ana, ben, before, after, wakes) -> None:
    factories.make_queue()
    land(factories.make_run(), Line("x", severity=before))
    deferred(case_of("x"), ana)
    if before >= Severity.HIGH:
        deferred(case_of("x"), ben)
    land(factories.make_run(), Line("x", severity=after, report="later"))
    assert state(case_of("x")) == ((State.OPEN, False, True) if wakes else (State.DEFERRED, True, False))
    if wakes:
        last = ben if before >= Severity.HIGH else ana
        with pytest.raises(Denied):
            actions.claim(case=case_of("x"), by=last)
        deferred(case_of("x"), ana if last == ben else ben)
        assert state(case_of("x")) == (State.DEFERRED, True, False)


def test_what_is_deferred_so_is_counted_apart_and_stays_unresolved(ana, ben) -> None:
    queue = factories.make_queue()
    high, low = factories.make_case(severity=4), factories.make_case(severity=1)
    for case in (high, low):
        deferred(case, ana)
    deferred(high, ben)
    wave = high.wave_id
    scope = facts.CaseScope(wave)
    assert facts.deferred_past_cutover([scope])[scope].value == 2
    assert facts.open_cases([scope])[scope].value == 2
    assert facts.unresolved_critical([wave])[wave].value == 1
    critical = facts.CaseScope(wave, severity=4)
    assert facts.deferred_past_cutover([critical])[critical].value == 1
    assert facts.past_cutover_by_severity([wave])[wave] == {4: (1, 1), 1: (1, 1)}
    found = listing.page(filters.read({"state": PAST_CUTOVER}, [queue]), now=timezone.now())
    assert {row.id for row in found.items} == {high.pk, low.pk}
    by_date = factories.make_case()
    deferred(by_date, ana, until=timezone.now() + dt.timedelta(days=2))
    assert len(listing.page(filters.read({"state": PAST_CUTOVER}, [queue]), now=timezone.now()).items) == 2
    assert len(listing.page(filters.read({"state": "deferred"}, [queue]), now=timezone.now()).items) == 3
    before = counts(low)
    for _ in range(70):
        actions.resume(case=fresh(low), by=ana)
        deferred(low, ana)
    assert maintenance.fold_tally()
    assert counts(low) == before == (3, 2, 2)
