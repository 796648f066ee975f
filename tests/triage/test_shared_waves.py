"""A case that runs of several waves report counts in each of them, and is frozen with any."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from console.errors import Denied
from console.fact_changes import Change
from console.people.models import User
from console.people.queries import system
from console.waves import locks as wave_locks
from console.waves.models import Wave
from tests import factories, listening
from tests.cases.landing import Line, case_of, land
from tests.intake import making
from tests.triage import one_wave as facts
from triage.cases import actions, arrivals, listing, sequencer
from triage.cases.listing import Filters
from triage.cases.models import Case, State, WaveTally
from triage.facts import CaseScope, open_cases
from triage.intake.actions import recalls
from triage.queues.models import Queue, Severity

pytestmark = pytest.mark.django_db
LINE = Line("x", severity=4, report="1")


@pytest.fixture
def waves(db: None) -> tuple[Wave, Wave, Wave]:
    return factories.make_wave("wave-1"), factories.make_wave("wave-2"), factories.make_wave("wave-3")


@pytest.fixture(autouse=True)
def queue(db: None) -> Queue:
    return factories.make_queue()


@pytest.fixture(autouse=True)
def _places(settings: Any, tmp_path: Path) -> None:
    settings.PACKAGE_ROOT = tmp_path / "store"


def reported(wave: Wave, line: Line = LINE) -> Case:
    land(factories.make_run(wave=wave), line)
    return case_of(line.name)


def counted(*waves: Wave) -> list[int | None]:
    """Unresolved critical cases of each wave."""
    found = [facts.unresolved_critical(wave.pk) for wave in waves]
    return [count.value if count else None for count in found]


def test_a_case_counts_as_unresolved_in_every_wave_that_reports_it(waves: tuple[Wave, ...], ana: User) -> None:
    first, second, third = waves
    reported(first)
    case = reported(second)
    assert (case.wave_id, case.further_waves, case.waves) == (first.pk, [second.pk], [first.pk, second.pk])
    assert case.revision == 1, "it says what it said"
    land(factories.make_run(wave=third), Line("other"))
    assert counted(*waves) == [1, 1, 0]
    assert [facts.critical_arrivals(wave.pk) for wave in waves] == [1, 1, 0]
    assert [facts.critical_refs(wave.pk) for wave in waves] == [[case.ref], [case.ref], []]
    assert reported(second).further_waves == [second.pk]
    assert reported(first).further_waves == [second.pk]
    assert counted(*waves) == [1, 1, 0]
    actions.claim(case=case, by=ana)
    actions.decide(case=case_of("x"), verdict="NO_MATCH", reason="namesakes", seen=1, by=ana)
    assert counted(*waves) == [0, 0, 0]
    for wave in waves:
        found = facts.resolvers_of_critical(wave.pk, [ana.pk])
        assert found == ({ana.pk} if wave != third else frozenset())


def test_a_decided_case_that_another_wave_reports_counts_there_as_settled(waves: tuple[Wave, ...], ana: User) -> None:
    first, second, _ = waves
    case = reported(first)
    actions.claim(case=case, by=ana)
    actions.decide(case=case, verdict="NO_MATCH", reason="namesakes", seen=1, by=ana)
    assert reported(second).state == State.DECIDED
    assert counted(first, second) == [0, 0]
    assert facts.unresolved_critical(second.pk).of == 1


@pytest.mark.parametrize("change", [{"severity": 2}, {"domain": "orders"}, {"evidence": "b"}])
def test_what_one_wave_reports_moves_the_case_in_all(waves: tuple[Wave, ...], change: dict[str, Any]) -> None:
    first, second, _ = waves
    reported(first)
    reported(second)
    case = reported(second, replace(LINE, **change))
    for wave in (first, second):
        scope = CaseScope(wave.pk, case.severity, "merge", case.domain)
        assert open_cases([scope])[scope].value == 1
    assert counted(first, second) == [int(case.severity == 4)] * 2


@pytest.mark.parametrize("frozen", [0, 1])
def test_it_is_frozen_with_any_of_its_waves(waves: tuple[Wave, ...], frozen: int, ana: User) -> None:
    reported(waves[0])
    case = reported(waves[1])
    actions.claim(case=case, by=ana)
    Wave.objects.filter(pk=waves[frozen].pk).update(frozen_at=timezone.now(), frozen_because="Cutover.")
    with pytest.raises(Denied, match=str(waves[frozen])):
        actions.decide(case=case, verdict="NO_MATCH", reason="namesakes", seen=1, by=ana)
    Wave.objects.update(frozen_at=None)
    actions.decide(case=case, verdict="NO_MATCH", reason="namesakes", seen=1, by=ana)
    Wave.objects.filter(pk=waves[frozen].pk).update(frozen_at=timezone.now())
    with pytest.raises(Denied):
        actions.undo(case=case, by=ana)


@pytest.mark.parametrize("wave", [0, 1, 2])
@pytest.mark.parametrize(
    "wanted", [{"severity": Severity.CRITICAL, "state": "unresolved"}, {}, {"state": "unresolved"}]
)
def test_lists_of_each_wave_hold_it(waves: tuple[Wave, ...], queue: Queue, wave: int, wanted: dict[str, Any]) -> None:
    reported(waves[0], Line("alone", severity=4))
    reported(waves[0])
    reported(waves[1])
    filters = Filters(queues=(queue.pk,), wave=waves[wave].pk, **wanted)
    names = {case_of(name).pk: name for name in ("alone", "x")}
    found = sorted(names[row.id] for row in listing.page(filters, now=timezone.now()).items)
    assert found == [["alone", "x"], ["x"], []][wave]


def test_the_page_and_the_list_name_all_its_waves(waves: tuple[Wave, ...], client: Any, ana: User) -> None:
    reported(waves[0], replace(LINE, payload=factories.merge_line()))
    case = reported(waves[1], replace(LINE, payload=factories.merge_line()))
    client.force_login(ana)
    both = f"{waves[0]}, {waves[1]}"
    assert both in client.get(f"/cases/{case.ref}/").content.decode()
    assert both in client.get("/cases/?state=open").content.decode()


# Recall


def test_a_recall_takes_its_wave_away_again(waves: tuple[Wave, ...], omar: User) -> None:
    first, second, _ = waves
    reported(first)
    run = factories.make_run(wave=second)
    land(run, LINE)
    recalls.recall(run=run, reason="Wrong.", by=omar)
    case = case_of("x")
    assert (case.wave_id, case.further_waves, case.state) == (first.pk, None, "open")
    assert counted(first, second) == [1, None]


def test_it_stays_while_another_run_of_the_wave_reports_it(waves: tuple[Wave, ...], omar: User) -> None:
    first, second, _ = waves
    reported(first)
    runs = [factories.make_run(wave=second) for _ in range(2)]
    for run in runs:
        land(run, LINE)
    recalls.recall(run=runs[0], reason="Wrong.", by=omar)
    assert case_of("x").further_waves == [second.pk]
    recalls.recall(run=runs[1], reason="Wrong.", by=omar)
    assert case_of("x").further_waves is None


def test_a_case_whose_own_wave_is_recalled_goes_on_in_the_other(waves: tuple[Wave, ...], omar: User) -> None:
    first, second, third = waves
    run = factories.make_run(wave=first)
    land(run, LINE)
    reported(third)
    reported(second)
    assert case_of("x").further_waves == [second.pk, third.pk]
    recalls.recall(run=run, reason="Wrong.", by=omar)
    case = case_of("x")
    assert (case.wave_id, case.further_waves, case.state) == (second.pk, [third.pk], "open")
    assert counted(second, third) == [1, 1]
    assert sum(WaveTally.objects.filter(wave_id=first.pk).values_list("delta", flat=True)) == 0


def test_a_withdrawn_case_returns_to_the_wave_that_reports_it(waves: tuple[Wave, ...], omar: User) -> None:
    first, second, _ = waves
    run = factories.make_run(wave=first)
    land(run, LINE)
    recalls.recall(run=run, reason="Wrong.", by=omar)
    case = reported(second)
    assert (case.state, case.wave_id, case.further_waves) == ("open", second.pk, None)
    assert counted(second) == [1]


# Counting


def test_tallies_are_what_counting_would_find_whatever_happens(waves: tuple[Wave, ...], ana: User, omar: User) -> None:
    random.seed(11)
    runs = []
    for _ in range(40):
        run = factories.make_run(wave=random.choice(waves))
        names = random.sample("abcdefgh", random.randint(1, 4))
        land(run, *[Line(name, random.choice("aab"), severity=random.choice((2, 4))) for name in names])
        runs.append(run)
        if random.random() < 0.4:
            case = random.choice(list(Case.objects.all()))
            if case.state == "open":
                actions.claim(case=case, by=ana)
                verdict = random.choice(["LINK", "NO_MATCH"])
                actions.decide(case=case, verdict=verdict, reason="other", seen=case.revision, by=ana)
            sequencer.release(by=system(), now=timezone.now() + dt.timedelta(hours=1))
        if random.random() < 0.3:
            recalls.recall(run=runs.pop(random.randrange(len(runs))), reason="Wrong.", by=omar)
        found: Counter[tuple[int, int, str]] = Counter()
        for wave, severity, phase, delta in WaveTally.objects.values_list("wave_id", "severity", "phase", "delta"):
            found[wave, severity, phase] += delta
        wanted = Counter(
            (wave, case.severity, State(case.state).phase) for case in Case.objects.all() for wave in case.waves
        )
        assert {key: number for key, number in found.items() if number} == dict(wanted)


# Locks and what is told


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Change]:
    heard: list[Change] = []
    listening.only(monkeypatch, heard.append)
    return heard


def test_decisions_are_told_to_every_wave(waves: tuple[Wave, ...], told: list[Change], ana: User) -> None:
    reported(waves[0])
    case = reported(waves[1])
    actions.claim(case=case, by=ana)
    actions.decide(case=case, verdict="NO_MATCH", reason="namesakes", seen=1, by=ana)
    actions.undo(case=case, by=ana)
    assert [change.waves for change in told] == [(waves[0].pk, waves[1].pk)] * 2


def test_a_run_locks_and_tells_every_wave_whose_cases_it_changes(
    told: list[Change], tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    making.world()
    settings.INTAKE_CHUNK_LINES = 2
    lines = making.merge_lines(1, 6)
    making.take_in(making.package(tmp_path, "r1", lines, wave="wave-1"))
    first, second = Wave.objects.get(slug="wave-1"), Wave.objects.get(slug="wave-2")
    told.clear()
    taken: list[set[int]] = []
    shared = wave_locks.lock_shared

    def lock_shared(waves: Any) -> tuple[int, ...]:
        taken.append(set(waves))
        return shared(waves)

    monkeypatch.setattr(wave_locks, "lock_shared", lock_shared)
    raised = [line | {"severity": "critical"} for line in lines[2:]]
    making.take_in(making.package(tmp_path, "r2", [*lines[:2], *raised], wave="wave-2"))
    one, both = {second.pk}, {first.pk, second.pk}
    chunks = taken[taken.index(one) :]
    assert [*filter(both.__eq__, chunks)] == [both, both], "from the chunk that needs it on"
    told_of = [set(change.waves or ()) for change in told if change.cause == "exceptions_arrived"]
    assert told_of == [one, both, both]
    assert Case.objects.filter(severity=4, further_waves=[second.pk]).count() == 4
    assert counted(first, second) == [4, 4]


def test_lines_that_change_cases_of_another_wave_say_so_before_anything_is_changed(waves: tuple[Wave, ...]) -> None:
    reported(waves[0])
    run = factories.make_run(wave=waves[1])
    with pytest.raises(arrivals.OtherWaves) as found:
        land(run, replace(LINE, severity=1), locked={waves[1].pk})
    assert found.value.waves == {waves[0].pk}
    assert case_of("x").severity == 4
    land(run, replace(LINE, severity=1), locked={waves[0].pk, waves[1].pk})
    assert case_of("x").severity == 1


def test_a_decision_locks_waves_that_joined_after_the_case_was_read(waves: tuple[Wave, ...], ana: User) -> None:
    case = reported(waves[0])
    actions.claim(case=case, by=ana)
    reported(waves[1])
    assert case.waves == [waves[0].pk], "read before"
    actions.decide(case=case, verdict="NO_MATCH", reason="namesakes", seen=1, by=ana)
    assert case_of("x").state == State.DECIDED
