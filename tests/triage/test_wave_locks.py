"""Whatever changes facts of a wave holds it, says so, and never waits in a circle with those who seal and decide."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection, connections, transaction
from django.utils import timezone

from console.errors import Denied, Stale
from console.fact_changes import Change
from console.people.queries import system
from console.waves import locks as wave_locks
from console.waves.models import Wave
from tests import factories, listening
from tests.intake import making
from tests.triage import one_wave as facts
from triage.cases import actions, sequencer
from triage.cases.models import Case, Decision, Occurrence, State
from triage.intake import loader
from triage.intake.actions import recalls
from triage.runs.models import RunState

db = pytest.mark.django_db
committed = [pytest.mark.committed, pytest.mark.usefixtures("committed_db")]


@pytest.fixture(autouse=True)
def _places(settings: Any, tmp_path: Path) -> None:
    settings.PACKAGE_ROOT = tmp_path / "store"
    settings.INBOX_ROOT = tmp_path / "inbox"
    settings.INBOX_ROOT.mkdir()


@pytest.fixture
def told(monkeypatch) -> list[Change]:
    """What is told of changes, each together with whether the wave is held while it is told."""
    heard: list[Change] = []

    def hear(change: Change) -> None:
        assert connection.in_atomic_block
        heard.append(change)

    listening.only(monkeypatch, hear)
    return heard


def causes(told: list[Change]) -> list[tuple[str, str]]:
    found = [(change.cause, change.about) for change in told]
    told.clear()
    return found


# Who says so


@db
def test_deciding_undoing_and_reversing_are_told_with_the_case(told, ana, lena) -> None:
    case = factories.make_case(queue=factories.make_queue(undo_seconds=0))
    actions.claim(case=case, by=ana)
    assert causes(told) == [], "who holds a case is no fact of its wave"
    actions.decide(case=case, verdict="LINK", reason="other", seen=1, by=ana)
    actions.undo(case=case, by=ana)
    actions.decide(case=case, verdict="LINK", reason="other", seen=1, by=ana)
    sequencer.release(by=system())
    assert told[0].waves == (case.wave_id,)
    assert causes(told) == [("case_decided", case.ref), ("case_undone", case.ref), ("case_decided", case.ref)]
    actions.reverse(case=case, reason="Wrong.", by=lena)
    assert causes(told) == [("case_reversed", case.ref)]


@db
def test_the_same_request_again_changes_nothing_and_says_nothing(told, ana) -> None:
    case = factories.make_case()
    actions.claim(case=case, by=ana)
    for _ in range(2):
        actions.decide(case=case, verdict="LINK", reason="other", seen=1, by=ana)
    assert causes(told) == [("case_decided", case.ref)]


@db
def test_a_run_is_told_by_what_its_chunks_changed_and_when_it_is_loaded(told, tmp_path, settings) -> None:
    making.world()
    settings.INTAKE_CHUNK_LINES = 2
    lines = making.merge_lines(1, 3)
    making.take_in(making.package(tmp_path, "r1", lines))
    assert causes(told) == [("exceptions_arrived", "r1")] * 2 + [("run_loaded", "r1")]
    making.take_in(making.package(tmp_path, "r2", lines))
    assert causes(told) == [("run_loaded", "r2")], "lines that are known change nothing"
    making.take_in(making.package(tmp_path, "r3", [b"{"]))
    assert causes(told) == [("lines_rejected", "r3"), ("run_loaded", "r3")]
    folder = tmp_path / "r4"
    check = {"layer": "record", "domain": "orders", "check": "equal", "expected": 2, "matched": 1}
    folder.mkdir()
    making.take_in(making.manifest(folder, [making.lines_file(folder, [check], "r.ndjson", "reconciliation")]))
    assert causes(told) == [("reconciliation_arrived", "r4"), ("run_loaded", "r4")]


@db
def test_a_recall_is_told(told, omar) -> None:
    run = factories.make_run()
    recalls.recall(run=run, reason="Sent by mistake.", by=omar)
    assert causes(told) == [("run_recalled", run.run_id)]


@db
def test_what_a_listener_raises_undoes_the_change(monkeypatch, ana) -> None:
    case = factories.make_case()
    actions.claim(case=case, by=ana)

    def refuse(change: Change) -> None:
        raise RuntimeError("no ink")

    listening.only(monkeypatch, refuse)
    with pytest.raises(RuntimeError), transaction.atomic():
        actions.decide(case=case, verdict="LINK", reason="other", seen=1, by=ana)
    assert Case.objects.get(pk=case.pk).state == State.CLAIMED
    assert not Decision.objects.exists()


# Frozen


@db
def test_nothing_is_decided_undone_or_reversed_in_a_frozen_wave_but_runs_come_in(ana, lena, tmp_path) -> None:
    making.world()
    queue = factories.make_queue("quick", undo_seconds=0)
    run = factories.make_run()
    held, fresh, out = (factories.make_case(run=run, queue=queue) for _ in range(3))
    for case in (held, fresh, out):
        actions.claim(case=case, by=ana)
    actions.decide(case=out, verdict="LINK", reason="other", seen=1, by=ana)
    sequencer.release(by=system())
    actions.decide(case=fresh, verdict="LINK", reason="other", seen=1, by=ana)
    Wave.objects.update(frozen_at=timezone.now(), frozen_because="GATE-1 is signed")
    attempts: list[Callable[[], Any]] = [
        lambda: actions.decide(case=held, verdict="LINK", reason="other", seen=1, by=ana),
        lambda: actions.undo(case=fresh, by=ana),
        lambda: actions.reverse(case=out, reason="Wrong.", by=lena),
    ]
    for attempt in attempts:
        with pytest.raises(Denied, match="frozen: GATE-1 is signed"):
            attempt()
    assert [Case.objects.get(pk=case.pk).state for case in (held, fresh, out)] == ["claimed", "decided", "released"]
    loaded = making.take_in(making.package(tmp_path, "r1", making.merge_lines(1, 2)))
    assert (loaded.state, loaded.opened) == (RunState.LOADED, 2)
    actions.release_claim(case=held, by=ana)


# All at once


def at_once(seconds: float, *jobs: Callable[[threading.Event], Any]) -> list[Any]:
    """Run the jobs at the same time, each on its own connection, and tell those that go on for ever when to stop."""
    stop = threading.Event()

    def run(job: Callable[[threading.Event], Any]) -> Any:
        try:
            return job(stop)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(jobs)) as pool:
        running = [pool.submit(run, job) for job in jobs]
        time.sleep(seconds)
        stop.set()
        return [job.result(60) for job in running]


def reviewing(by: Any, wave: Wave, seed: int) -> Callable[[threading.Event], int]:
    """Someone who claims, decides and undoes without a pause. Gives how often it went through."""

    def work(stop: threading.Event) -> int:
        rng, done = random.Random(seed), 0
        while not stop.is_set():
            try:
                claimed = actions.claim_next(queues=[case_queue()], by=by)
                if claimed is None:
                    time.sleep(0.01)
                    continue
                case = claimed.case
                actions.decide(case=case, verdict="LINK", reason="other", seen=case.revision, by=by)
                if rng.random() < 0.4:
                    actions.undo(case=case, by=by)
                    actions.release_claim(case=case, by=by)
                done += 1
            except Stale:
                continue
        return done

    return work


def case_queue() -> Any:
    return factories.make_queue("merges")


def sealing(wave: Wave) -> Callable[[threading.Event], int]:
    """Someone who seals and withdraws without a pause: what is read while the wave is held alone stands still."""

    def work(stop: threading.Event) -> int:
        done = 0
        while not stop.is_set():
            with transaction.atomic():
                wave_locks.lock_exclusive([wave.pk])
                before = facts.unresolved_critical(wave.pk), facts.critical_arrivals(wave.pk), facts.open_cells(wave.pk)
                time.sleep(0.02)
                after = facts.unresolved_critical(wave.pk), facts.critical_arrivals(wave.pk), facts.open_cells(wave.pk)
                assert before == after, "facts moved under a wave that is held alone"
                guarded = None if done % 3 == 2 else timezone.now()
                Wave.objects.filter(pk=wave.pk).update(guarded_at=guarded)
            done += 1
            time.sleep(0.01)
        return done

    return work


@pytest.mark.committed
def test_chunks_decisions_and_seals_of_one_wave_at_once(committed_db, monkeypatch, tmp_path, settings) -> None:
    """Two files of one run, reviewers, a sealer and a listener that withdraws: no one waits in a circle."""
    settings.INTAKE_CHUNK_LINES = 10
    making.world()
    wave = factories.make_wave("wave-1")
    factories.make_run(wave=wave)
    people = [factories.make_user(f"r{number}", role="reviewer") for number in range(3)]
    heard: list[tuple[str, bool]] = []

    def hear(change: Change) -> None:
        guarded = wave_locks.lock_shared(change.waves)
        if guarded:
            facts.unresolved_critical(wave.pk)
            Wave.objects.filter(pk__in=guarded).update(guarded_at=None)
        heard.append((change.cause, bool(guarded)))

    listening.only(monkeypatch, hear)
    lines = [line | {"severity": ("critical", "high")[n % 2]} for n, line in enumerate(making.merge_lines(1, 220))]
    folder = tmp_path / "run-1"
    folder.mkdir()
    halves = [lines[:150], list(reversed(lines[70:]))]
    files = [making.lines_file(folder, half, f"merges-{number}.ndjson") for number, half in enumerate(halves)]
    run = making.announce(making.manifest(folder, files)).run
    loader.check(run.pk)
    keys = list(run.files.order_by("pk").values_list("pk", flat=True))
    loads = [lambda stop, key=key: loader.load(key) for key in keys]
    done = at_once(4, *loads, *(reviewing(by, wave, n) for n, by in enumerate(people)), sealing(wave))
    run.refresh_from_db()
    assert done[:2] == [True, True]
    assert run.state == RunState.LOADED
    assert (run.lines, run.opened, run.known) == (300, 220, 80)
    assert Case.objects.count() == 220
    assert Occurrence.objects.count() == 300
    assert sum(done[2:5]) > 5, "reviewers went on"
    assert done[5] > 5, "the sealer was not starved"
    assert {cause for cause, _ in heard} >= {"exceptions_arrived", "case_decided", "run_loaded"}
    assert {guarded for _, guarded in heard} == {True, False}
    unresolved = Case.objects.filter(severity=4, state__in=["open", "claimed", "deferred", "waiting"]).count()
    assert facts.unresolved_critical(wave.pk).value == unresolved


@pytest.mark.committed
def test_an_arrival_waits_for_a_seal_and_sees_it(committed_db, monkeypatch) -> None:
    """No critical case slips between what is sealed and the guard: the chunk either came before or hears of it."""
    queue = factories.make_queue()
    wave = factories.make_wave()
    run = factories.make_run(wave=wave)
    seen: list[tuple[int, ...]] = []
    listening.only(monkeypatch, lambda change: seen.append(wave_locks.lock_shared(change.waves)))
    sealed, go = threading.Event(), threading.Event()

    def seal(stop: threading.Event) -> int:
        with transaction.atomic():
            wave_locks.lock_exclusive([wave.pk])
            found = facts.critical_arrivals(wave.pk)
            sealed.set()
            go.wait(1)
            Wave.objects.filter(pk=wave.pk).update(guarded_at=timezone.now())
        return found

    def decide(stop: threading.Event) -> None:
        sealed.wait(5)
        case = Case.objects.get()
        actions.decide(case=case, verdict="LINK", reason="other", seen=1, by=by)

    by = factories.make_user("ana", role="reviewer")
    case = factories.make_case(queue=queue, run=run, severity=4)
    actions.claim(case=case, by=by)
    at_once(0.1, seal, decide)
    assert seen == [(wave.pk,)], "the decision came after the seal and knows that it is guarded"


@pytest.mark.committed
def test_who_seals_waits_for_its_turn_only(committed_db) -> None:
    """Others who change facts of a wave without a pause and overlapping keep no one from sealing it."""
    wave = factories.make_wave()
    waited: list[float] = []

    def change(stop: threading.Event) -> None:
        while not stop.is_set():
            with transaction.atomic():
                assert wave_locks.lock_shared([wave.pk]) == ()
                time.sleep(random.uniform(0.1, 0.2))

    def seal(stop: threading.Event) -> None:
        for _ in range(4):
            time.sleep(0.2)
            began = time.monotonic()
            with transaction.atomic():
                wave_locks.lock_exclusive([wave.pk])
            waited.append(time.monotonic() - began)

    at_once(2.5, seal, change, change, change)
    assert len(waited) == 4
    assert max(waited) < 2, "each who is before it takes at most 0.2 seconds"


@pytest.mark.committed
def test_a_wave_is_shared_until_it_is_guarded(committed_db) -> None:
    waves = [factories.make_wave("one"), factories.make_wave("two")]
    Wave.objects.filter(pk=waves[1].pk).update(guarded_at=timezone.now())
    inside = threading.Semaphore(0)

    def sharing(keys: list[int]) -> Callable[[threading.Event], bool]:
        def work(stop: threading.Event) -> bool:
            with transaction.atomic():
                wave_locks.lock_shared(keys)
                inside.release()
                return stop.wait(1.5)

        return work

    one, two = waves[0].pk, waves[1].pk
    began = time.monotonic()
    at_once(0.5, sharing([one]), sharing([one]))
    assert time.monotonic() - began < 1.4, "the two were in it at the same time"
    with transaction.atomic():
        assert wave_locks.lock_shared([one]) == ()
        assert wave_locks.lock_shared(None) == (two,)
        wave_locks.lock_exclusive([one, two])
        assert wave_locks.lock_shared([two, one]) == (two,), "who holds a wave alone may hold it again"
        other = holds_nothing(lambda: wave_locks.lock_shared([two]))
        assert other == "waits"


def holds_nothing(attempt: Callable[[], Any]) -> str:
    """Whether someone else gets through at once, or waits."""

    def work(stop: threading.Event) -> str:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '300ms'")
                attempt()
        except OperationalError:
            return "waits"
        return "passes"

    return at_once(0, work)[0]
