"""Counts by wave are what counting would find, and becoming a critical case is counted once, whatever happens."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter

import pytest
from django.db import connection
from django.db.models import Q
from django.utils import timezone

from console.errors import Refusal
from console.people.queries import system
from tests import factories
from tests.cases.landing import SYSTEMS, Line, case_of, land
from tests.triage import one_wave as facts
from triage.cases import actions, sequencer
from triage.cases.actions import maintenance, rerouting
from triage.cases.models import Case, CountedDomain, State, WaveTally
from triage.facts import cases as counting
from triage.intake.actions import progress, recalls
from triage.runs.models import RunState

pytestmark = pytest.mark.django_db
UNRESOLVED = ("open", "claimed", "deferred", "waiting")


@pytest.fixture(autouse=True)
def queue(db):
    overlays = factories.make_queue("overlays")
    return factories.make_queue(targets={"escalation": overlays, "overlay": overlays}, undo_seconds=0)


def critical() -> set[tuple[int, int]]:
    """Unresolved critical cases, each with every wave in which it counts."""
    return {(case.pk, wave) for case in Case.objects.filter(severity=4, state__in=UNRESOLVED) for wave in case.waves}


# What counts as becoming an unresolved critical case


def landed(severity=4, name="x", evidence="a", **fields) -> Case:
    run = factories.make_run(**fields)
    land(run, Line(name, evidence, severity=severity))
    return case_of(name)


def decided(by, severity=4, verdict="LINK", **extra) -> Case:
    case = landed(severity)
    actions.claim(case=case, by=by)
    actions.decide(case=case, verdict=verdict, reason="other", seen=case.revision, by=by, **extra)
    return case_of("x")


def released(by) -> Case:
    decided(by)
    sequencer.release(by=system(), now=timezone.now() + dt.timedelta(hours=1))
    return case_of("x")


def withdrawn(by) -> Case:
    case = landed()
    recalls.recall(run=case.opened_run, reason="Wrong.", by=by)
    return case_of("x")


TOMORROW = timezone.now() + dt.timedelta(days=1)
#: what stood before, what is done, how often a case became critical by it
MOVES = {
    "a critical line opens a case": (lambda w: None, lambda w, c: landed(4), 1),
    "a high line opens a case": (lambda w: None, lambda w, c: landed(3), 0),
    "the same line again": (lambda w: landed(4), lambda w, c: landed(4), 0),
    "new evidence raises it": (lambda w: landed(3), lambda w, c: landed(4, evidence="b"), 1),
    "new evidence lowers it": (lambda w: landed(4), lambda w, c: landed(3, evidence="b"), 0),
    "new evidence leaves it critical": (lambda w: landed(4), lambda w, c: landed(4, evidence="b"), 0),
    "it is claimed": (lambda w: landed(4), lambda w, c: actions.claim(case=c, by=w["ana"]), 0),
    "it is decided": (lambda w: None, lambda w, c: decided(w["ana"]), 1),
    "it is put off and wakes": (
        lambda w: decided(w["ana"], verdict="DEFER", until=TOMORROW),
        lambda w, c: maintenance.sweep(by=system(), now=TOMORROW + dt.timedelta(hours=1)),
        0,
    ),
    "an answer is awaited and comes": (
        lambda w: factories.make_mailbox("archive") and decided(w["ana"], verdict="NEEDS_INFO", asked_of="archive"),
        lambda w, c: actions.resume(case=c, by=w["ana"]),
        0,
    ),
    "it is transferred unchanged": (lambda w: None, lambda w, c: decided(w["ana"], verdict="ESCALATE"), 1),
    "a high one is suspected to be an overlay": (
        lambda w: landed(3),
        lambda w, c: (
            actions.claim(case=c, by=w["ana"]),
            actions.decide(case=c, verdict="OVERLAY_SUSPECTED", reason="other", seen=1, by=w["ana"]),
        ),
        1,
    ),
    "its decision is undone": (lambda w: decided(w["ana"]), lambda w, c: actions.undo(case=c, by=w["ana"]), 1),
    "its deferral is undone": (
        lambda w: decided(w["ana"], verdict="DEFER", until=TOMORROW),
        lambda w, c: actions.undo(case=c, by=w["ana"]),
        0,
    ),
    "its decision is reversed": (
        lambda w: released(w["ana"]),
        lambda w, c: actions.reverse(case=c, reason="Wrong.", by=w["lena"]),
        1,
    ),
    "it is reopened": (lambda w: released(w["ana"]), lambda w, c: landed(4, evidence="b"), 1),
    "it is reopened as less grave": (lambda w: released(w["ana"]), lambda w, c: landed(2, evidence="b"), 0),
    "its run is recalled": (
        lambda w: landed(4),
        lambda w, c: recalls.recall(run=c.opened_run, reason="Wrong.", by=w["omar"]),
        0,
    ),
    "it comes back after a recall": (lambda w: withdrawn(w["omar"]), lambda w, c: landed(4), 1),
    "it is routed elsewhere": (
        lambda w: landed(4),
        lambda w, c: rerouting.apply_rules(kind="merge", by=w["lena"]),
        0,
    ),
}


@pytest.mark.parametrize("move", MOVES)
def test_becoming_critical_is_counted(move, ana, lena, omar) -> None:
    before, act, more = MOVES[move]
    cast = {"ana": ana, "lena": lena, "omar": omar}
    wave = factories.make_wave().pk
    case = before(cast)
    had = facts.critical_arrivals(wave)
    act(cast, case)
    assert facts.critical_arrivals(wave) - had == more


# Random histories


def counted(wave: int) -> dict[str, object]:
    cases = Case.objects.filter(Q(wave_id=wave) | Q(further_waves__contains=[wave]))
    cells = Counter(cases.filter(state__in=UNRESOLVED).values_list("kind", "severity", "domain"))
    return {
        "cells": {(cell.kind, cell.severity, cell.domain): cell.count for cell in facts.open_cells(wave)} == cells,
        "critical": facts.unresolved_critical(wave).value == cases.filter(state__in=UNRESOLVED, severity=4).count(),
        "ever": facts.unresolved_critical(wave).of == cases.count(),
        "open": facts.open_cases(wave).value == cases.filter(state__in=UNRESOLVED).count(),
        "refs": facts.critical_refs(wave, limit=1000) == [f"EX-{pk}" for pk, of in sorted(critical()) if of == wave],
    }


VERDICTS = {"LINK": {}, "NO_MATCH": {}, "ESCALATE": {}, "OVERLAY_SUSPECTED": {}, "DEFER": {"until": TOMORROW}}


class History:
    """Everything that moves cases, in any order, on the cases of one or two waves."""

    def __init__(self, seed: int, people, operator) -> None:
        self.rng, self.people, self.operator = random.Random(seed), people, operator
        self.waves = [factories.make_wave("one"), factories.make_wave("two")]
        for wave in self.waves:
            factories.make_run(wave=wave)

    def land(self) -> None:
        lines = [
            Line(
                str(self.rng.randrange(14)),
                self.rng.choice("ab"),
                severity=self.rng.randint(2, 4),
                domain=self.rng.choice(["identity", "twins", "newborns"]),
            )
            for _ in range(self.rng.randint(1, 5))
        ]
        applied = self.rng.choice([None, 0, 50])
        land(factories.make_run(wave=self.rng.choice(self.waves), decisions_applied=applied), *lines)

    def case(self) -> Case:
        return self.rng.choice(list(Case.objects.order_by("pk")))

    def claim(self) -> None:
        actions.claim(case=self.case(), by=self.rng.choice(self.people))

    def decide(self) -> None:
        claimed = list(Case.objects.filter(state="claimed").order_by("pk"))
        if claimed:
            case, verdict = self.rng.choice(claimed), self.rng.choice(list(VERDICTS))
            by = case.claim.by
            actions.decide(case=case, verdict=verdict, reason="other", seen=case.revision, by=by, **VERDICTS[verdict])

    def undo(self) -> None:
        actions.undo(case=self.case(), by=self.rng.choice(self.people))

    def reverse(self) -> None:
        actions.reverse(case=self.case(), reason="Wrong.", by=self.people[-1])

    def release(self) -> None:
        sequencer.release(by=system())

    def prove(self) -> None:
        looked = {"decisions_applied": 50, "manifest": factories.examined(*SYSTEMS)}
        run = factories.make_run(wave=self.rng.choice(self.waves), state=RunState.LOADING, **looked)
        run.files.create(path="m", kind="merges", rows=0, bytes=0, sha256="0" * 64, state="loaded")
        progress.settle(run_id=run.pk, by=system())

    def recall(self) -> None:
        run = self.rng.choice(list(Case.objects.order_by("pk"))).opened_run
        recalls.recall(run=run, reason="Wrong.", by=self.operator)

    def fold(self) -> None:
        maintenance.fold_tally()

    def step(self) -> None:
        weights = {self.land: 4, self.claim: 6, self.decide: 6, self.undo: 1, self.reverse: 1, self.release: 2}
        weights |= {self.prove: 1, self.recall: 1, self.fold: 1}
        self.rng.choices(list(weights), list(weights.values()))[0]()


@pytest.mark.parametrize("seed", range(4))
def test_counts_are_what_counting_would_find(seed, ana, ben, lena, omar, monkeypatch) -> None:
    monkeypatch.setattr(maintenance, "_FOLD_ABOVE", 5)
    history = History(seed, [ana, ben, lena], omar)
    history.land()
    became, refused = len(critical()), 0
    for _ in range(90):
        before = critical()
        try:
            history.step()
        except Refusal:
            refused += 1
        became += len(critical() - before)
        assert sum(facts.critical_arrivals(wave.pk) for wave in history.waves) == became
    assert refused < 70
    for wave in history.waves:
        assert all(counted(wave.pk).values()), counted(wave.pk)


# Folding, and domains that are too many


def test_folding_leaves_what_is_counted_and_few_rows(monkeypatch) -> None:
    monkeypatch.setattr(maintenance, "_FOLD_ABOVE", 5)
    wave, run = factories.make_wave(), factories.make_run()
    for number in range(12):
        land(run, Line(str(number), severity=4))
    assert maintenance.fold_tally() >= 12
    assert WaveTally.objects.count() == 1
    assert (facts.critical_arrivals(wave.pk), facts.unresolved_critical(wave.pk).value) == (12, 12)
    assert maintenance.fold_tally() == 0, "what is folded already is left alone"


def test_a_wave_with_endless_domains_keeps_counting_in_few_rows(monkeypatch) -> None:
    monkeypatch.setattr(maintenance, "_FOLD_ABOVE", 5)
    monkeypatch.setattr(maintenance, "COUNTED_DOMAINS", 3)
    monkeypatch.setattr(counting, "COUNTED_DOMAINS", 3)
    wave, run = factories.make_wave(), factories.make_run()
    land(run, *[Line(f"early-{number}", domain=f"a{number}") for number in range(2)])
    assert facts.open_cases(wave.pk, domain="never-seen") == facts.Count(0, run.finished_at)
    land(run, *[Line(f"late-{number}", severity=4, domain=f"b{number:02}") for number in range(20)])
    maintenance.fold_tally()
    assert set(CountedDomain.objects.values_list("domain", flat=True)) == {"a0", "a1", "b00"}
    cells = {(cell.severity, cell.domain): cell.count for cell in facts.open_cells(wave.pk)}
    assert cells == {(2, "a0"): 1, (2, "a1"): 1, (4, "b00"): 1, (4, ""): 19}
    assert facts.open_cases(wave.pk, domain="b07") is None, "it is not known how many"
    # One of the unnamed leaves and one comes: both are taken from and added to the unnamed, folded or not.
    Case.objects.filter(domain="b07").update(state="withdrawn")
    land(run, Line("later", severity=4, domain="c"))
    for _ in range(2):
        assert {(c.severity, c.domain): c.count for c in facts.open_cells(wave.pk)} == cells
        assert facts.unresolved_critical(wave.pk).value == 20
        WaveTally.objects.filter(folded=False).update(folded=False)
        monkeypatch.setattr(maintenance, "_FOLD_ABOVE", 0)
        maintenance.fold_tally()
    assert WaveTally.objects.filter(wave_id=wave.pk).count() <= 5


def test_the_migration_counts_cases_that_were_there_before() -> None:
    """The last statement of wave_tally.sql, run on a database that has cases."""
    run = factories.make_run()
    land(run, Line("a", severity=4), Line("b", severity=4), Line("c", severity=2))
    wave = run.wave_id
    before = facts.open_cells(wave), facts.critical_arrivals(wave)
    WaveTally.objects.all().delete()
    assert facts.open_cells(wave) == []
    with open("triage/cases/sql/wave_tally.sql", encoding="utf-8") as file, connection.cursor() as cursor:
        cursor.execute("INSERT INTO cases_wavetally" + file.read().rpartition("INSERT INTO cases_wavetally")[2])
    assert (facts.open_cells(wave), facts.critical_arrivals(wave)) == before


def test_the_database_puts_states_into_the_phases_of_the_code(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT state, cases_phase(state) FROM unnest(%s::text[]) AS state", [State.values])
        assert dict(cursor.fetchall()) == {state.value: state.phase for state in State}
