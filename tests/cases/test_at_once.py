"""Many at once, on real connections: no case in two hands, no decision lost or released twice, none missed."""

from __future__ import annotations

import contextlib
import datetime as dt
import random
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from console.errors import Refusal, Stale
from console.people.queries import system
from console.waves.models import Wave
from tests import factories
from tests.cases.landing import Line, case_of, land
from triage.cases import actions, feed, queries, sequencer
from triage.cases.actions import maintenance, waking
from triage.cases.models import Case, Claim, Decision, FeedItem, HeldRecord, Occurrence, QueueTally, State

pytestmark = [pytest.mark.committed, pytest.mark.usefixtures("committed_db")]


def together(*calls: Callable[[], Any]) -> list[Any]:
    """Run the calls at the same time, each on its own connection; a refusal counts as its result."""
    start = threading.Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        try:
            start.wait(10)
            return call()
        except Refusal as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


@pytest.fixture
def reviewers(committed_db):
    return [factories.make_user(f"r{number}", role="reviewer") for number in range(16)]


def test_sixteen_people_drain_a_queue_and_no_one_gets_anothers_case(reviewers) -> None:
    queue, run = factories.make_queue(), factories.make_run()
    # A third of the cases share a record with their neighbour: they must not be held at the same time.
    lines = [factories.merge_line(number - (number % 3 == 0), 10_000 + number) for number in range(1, 121)]
    for line in lines:
        factories.make_case(queue=queue, run=run, line=line)
    overlaps: list[int] = []

    def work(by):
        taken = []
        while True:
            try:
                found = actions.claim_next(queues=[queue], by=by)
            except Stale:
                continue
            if found is None:
                if not Case.objects.filter(state__in=["open", "claimed"]).exists():
                    return taken
                continue
            keys = found.case.record_keys
            rivals = Case.objects.filter(state="claimed", record_keys__overlap=keys).exclude(pk=found.case.pk).count()
            overlaps.append(rivals)
            taken.append(found.case.pk)
            actions.decide(case=found.case, verdict="LINK", seen=1, by=by)

    taken = Counter(case for cases in together(*[lambda by=by: work(by) for by in reviewers]) for case in cases)
    assert len(taken) == 120
    assert set(taken.values()) == {1}
    assert sum(overlaps) == 0
    assert not HeldRecord.objects.exists()
    assert Decision.objects.count() == 120
    assert sum(QueueTally.objects.filter(state="decided").values_list("delta", flat=True)) == 120


def test_one_case_goes_to_one_of_many(reviewers) -> None:
    case = factories.make_case()
    results = together(*[lambda by=by: actions.claim(case=case, by=by) for by in reviewers])
    assert sum(isinstance(result, actions.Claimed) for result in results) == 1
    assert all(isinstance(result, actions.Claimed | Stale) for result in results)
    assert Claim.objects.count() == 1


def test_siblings_claimed_in_the_same_instant_go_to_one_person(reviewers) -> None:
    for round_ in range(5):
        cases = [
            factories.make_case(line=factories.merge_line(round_ * 1000, round_ * 1000 + other))
            for other in range(1, 9)
        ]
        results = together(
            *[lambda c=c, by=by: actions.claim(case=c, by=by) for c, by in zip(cases, reviewers[:8], strict=True)]
        )
        winners = [result for result in results if isinstance(result, actions.Claimed)]
        assert len(winners) == 1
        assert HeldRecord.objects.filter(case__in=cases).count() == 2


def test_a_decision_and_its_undoing_meet_the_sequencer(reviewers) -> None:
    """The first transaction wins: a decision is either undone or released, never both and never neither."""
    ana, concord = reviewers[0], system()
    factories.make_queue(hold_limit=20)
    cases = [factories.make_case() for _ in range(12)]
    for case in cases:
        actions.claim(case=case, by=ana)
        actions.decide(case=case, verdict="LINK", seen=1, by=ana)
    late = timezone.now() + dt.timedelta(hours=1)
    together(
        lambda: [_try(lambda c=c: actions.undo(case=c, by=ana)) for c in cases],
        lambda: [sequencer.release(by=concord, now=late, limit=2) for _ in range(20)],
        lambda: [sequencer.release(by=concord, now=late, limit=3) for _ in range(20)],
    )
    undone = set(Decision.objects.filter(verdict="UNDO").values_list("reverses_id", flat=True))
    while sequencer.release(by=concord, now=late).count:
        pass
    released = set(FeedItem.objects.values_list("decision_id", flat=True))
    made = set(Decision.objects.filter(verdict="LINK").values_list("pk", flat=True))
    assert undone | released == made
    assert not undone & released


def _try(call: Callable[[], Any]) -> None:
    with contextlib.suppress(Refusal):
        call()


def test_a_reader_of_the_feed_misses_nothing(reviewers) -> None:
    """Writers commit late and out of order; a reader that goes on from its last position sees every decision once."""
    queue = factories.make_queue(undo_seconds=0)
    run = factories.make_run()
    for _ in range(96):
        factories.make_case(queue=queue, run=run)
    stop = threading.Event()
    concord, seen = system(), []

    def write(by):
        for _ in range(12):
            found = actions.claim_next(queues=[queue], by=by)
            if found is None:
                return
            with transaction.atomic():
                actions.decide(case=found.case, verdict="LINK", seen=1, by=by)
                stop.wait(random.random() * 0.03)  # the commit comes late, in any order

    def sequence():
        while not stop.is_set():
            sequencer.release(by=concord, limit=7)

    def read():
        last = 0
        while not stop.is_set() or last < queries.last_position():
            items = feed.page(last, 5).items
            seen.extend(item.decision_id for item in items)
            last = items[-1].position if items else last

    def writers():
        together(*[lambda by=by: write(by) for by in reviewers[:8]])
        while sequencer.release(by=concord).count or FeedItem.objects.count() < Decision.objects.count():
            pass
        stop.set()

    together(writers, sequence, sequence, read)
    made = set(Decision.objects.values_list("pk", flat=True))
    assert len(made) == 96
    assert len(seen) == len(set(seen)) == 96
    assert set(seen) == made
    positions = list(FeedItem.objects.order_by("position").values_list("position", flat=True))
    assert positions == list(range(1, 97)), "no gap"


def test_a_sequencer_that_dies_leaves_no_gap(reviewers) -> None:
    ana, concord = reviewers[0], system()
    factories.make_queue(hold_limit=20)
    for _ in range(3):
        case = factories.make_case()
        actions.claim(case=case, by=ana)
        actions.decide(case=case, verdict="LINK", seen=1, by=ana)
    late = timezone.now() + dt.timedelta(hours=1)

    def killed_before_its_commit():
        with transaction.atomic():
            assert sequencer.release(by=concord, now=late, limit=2).count == 2
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        killed_before_its_commit()
    assert not FeedItem.objects.exists()
    assert Case.objects.filter(state=State.DECIDED).count() == 3
    assert sequencer.release(by=concord, now=late) == sequencer.Released(1, 3)


def test_two_chunks_that_bring_the_same_problems_open_each_once(committed_db) -> None:
    factories.make_queue()
    run = factories.make_run()
    names = [str(number) for number in range(60)]

    def chunk(seed: int):
        mine = names[:]
        random.Random(seed).shuffle(mine)
        return land(run, *[Line(name) for name in mine], file_id=seed)

    results = together(*[lambda seed=seed: chunk(seed) for seed in range(1, 5)])
    assert sum(result.opened for result in results) == 60
    assert sum(result.opened + result.known + result.duplicates for result in results) == 240
    assert Case.objects.count() == 60
    assert Occurrence.objects.count() == 240


def test_more_chunks_than_places_wait_for_one_another(committed_db) -> None:
    factories.make_queue()
    runs = [factories.make_run() for _ in range(11)]
    results = together(*[lambda run=run: land(run, Line(f"p{run.pk}")) for run in runs])
    assert [result.opened for result in results] == [1] * 11


def test_new_evidence_and_a_decision_at_the_same_moment(reviewers) -> None:
    """Either the reviewer saw the new evidence too late and is told so, or the case was decided and comes back."""
    ana = reviewers[0]
    factories.make_queue(undo_seconds=0, hold_limit=20)
    names = [f"n{number}" for number in range(10)]
    land(factories.make_run(), *[Line(name) for name in names])
    cases = [case_of(name) for name in names]
    for case in cases:
        actions.claim(case=case, by=ana)
    together(
        lambda: [_try(lambda c=c: actions.decide(case=c, verdict="LINK", seen=1, by=ana)) for c in cases],
        lambda: land(factories.make_run(), *[Line(name, "b") for name in names]),
    )
    sequencer.release(by=system(), now=timezone.now() + dt.timedelta(minutes=1))
    for name in names:
        case = case_of(name)
        decided = Decision.objects.filter(case=case).exists()
        assert (case.state, case.revision) == ((State.OPEN if decided else State.CLAIMED), 2)
    assert not FeedItem.objects.exists()


def test_folding_counts_while_cases_move(reviewers) -> None:
    queue, run = factories.make_queue(hold_limit=60), factories.make_run()
    for _ in range(60):
        factories.make_case(queue=queue, run=run)
    totals = []

    def work(by):
        while actions.claim_next(queues=[queue], by=by):
            pass

    def fold():
        for _ in range(30):
            maintenance.fold_tally()
            totals.append(sum(queries.tally([queue])[queue.pk].values()))

    together(*[lambda by=by: work(by) for by in reviewers[:4]], fold, fold)
    assert set(totals) == {60}
    assert queries.tally([queue])[queue.pk]["claimed"] == 60


def test_one_person_at_many_tabs_holds_no_more_than_the_limit(reviewers) -> None:
    queue, run = factories.make_queue(hold_limit=3), factories.make_run()
    cases = [factories.make_case(queue=queue, run=run) for _ in range(24)]
    ana = reviewers[0]

    def press(number: int) -> None:
        for case in cases[number::8]:
            with contextlib.suppress(Stale):
                actions.claim(case=case, by=ana) if number % 2 else actions.claim_next(queues=[queue], by=ana)

    together(*[lambda number=number: press(number) for number in range(8)])
    assert Claim.objects.filter(by=ana).count() == 3


def test_claims_end_on_time_while_people_work(reviewers) -> None:
    """A sweep never ends a claim that someone renews or decides on in the same instant, nor waits for them."""
    ana, concord = reviewers[0], system()
    factories.make_queue(hold_limit=20)
    cases = [factories.make_case() for _ in range(8)]
    for case in cases:
        actions.claim(case=case, by=ana)
    Claim.objects.update(expires_at=timezone.now() + dt.timedelta(milliseconds=150))

    def sweep():
        end = timezone.now() + dt.timedelta(seconds=1)
        while timezone.now() < end:
            maintenance.sweep(by=concord)

    together(sweep, sweep, lambda: [_try(lambda c=c: actions.renew(case=c, by=ana)) for c in cases * 3])
    for case in cases:
        held = Claim.objects.filter(case=case, expires_at__gt=timezone.now()).exists()
        assert Case.objects.get(pk=case.pk).state == (State.CLAIMED if held else State.OPEN)
        assert HeldRecord.objects.filter(case=case).count() == (2 if held else 0)
    connection.close()


def test_cases_wake_from_a_cutover_while_reviewers_claim_resume_and_undo(reviewers) -> None:
    queue = factories.make_queue(hold_limit=20)
    made = [factories.make_case(queue=queue, severity=1) for _ in range(40)]
    first, *others = reviewers[:5]
    for case in made:
        actions.claim(case=case, by=first)
        actions.decide(case=case, verdict="DEFER", reason="other", until="cutover", seen=1, by=first)
    Wave.objects.filter(pk=made[0].wave_id).update(cut_over_at=timezone.now())

    def wake() -> int:
        return sum(waking.wake_after_cutover(by=system(), now=timezone.now(), limit=7) for _ in range(12))

    def take(by):
        for _ in range(8):
            with contextlib.suppress(Refusal):
                actions.claim_next(queues=[queue], by=by)

    def resume() -> None:
        for case in made[::3]:
            with contextlib.suppress(Refusal):
                actions.resume(case=case, by=others[0])

    def undo() -> None:
        for case in made[::4]:
            with contextlib.suppress(Refusal):
                actions.undo(case=case, by=first)

    together(wake, wake, resume, undo, *(lambda by=by: take(by) for by in others))
    waking.wake_after_cutover(by=system(), now=timezone.now())
    now = list(Case.objects.filter(pk__in=[case.pk for case in made]))
    assert {case.state for case in now} <= {State.OPEN, State.CLAIMED}
    assert not any(case.past_cutover for case in now)
    assert Claim.objects.count() == sum(case.state == State.CLAIMED for case in now)
    tally = queries.tally([queue])[queue.pk]
    assert (tally["deferred"], tally["past_cutover"]) == (0, 0)
    assert tally["open"] + tally["claimed"] == len(made)
