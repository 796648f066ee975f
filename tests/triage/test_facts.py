"""What triage tells governance: numbers as of a time of the data, and never a number that is not known."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from console.people.queries import system
from tests import factories
from tests.cases.landing import SYSTEMS, Line, case_of, land
from tests.triage import one_wave as facts
from triage import facts as all_facts
from triage.cases import actions, sequencer
from triage.cases.models import Case
from triage.intake.actions import progress, recalls
from triage.runs.models import Reconciliation, Run, RunState

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def queue(db):
    return factories.make_queue(undo_seconds=0)


@pytest.fixture
def wave():
    return factories.make_wave()


def loaded(wave, *, hours_ago: float = 1, **fields) -> Run:
    run = factories.make_run(wave=wave)
    finished = timezone.now() - dt.timedelta(hours=hours_ago)
    Run.objects.filter(pk=run.pk).update(finished_at=finished, **fields)
    run.refresh_from_db()
    return run


def test_a_wave_of_which_nothing_is_loaded_has_no_facts(wave) -> None:
    for state in (RunState.LOADING, RunState.FAILED, RunState.QUARANTINED, RunState.RECALLED):
        land(factories.make_run(wave=wave, state=state), Line(state, severity=4))
    assert facts.unresolved_critical(wave.pk) is None
    assert facts.open_cases(wave.pk) is None
    assert facts.reconciliation(wave.pk) is None
    assert facts.rejected_lines(wave.pk) is None
    assert facts.decision_errors(wave.pk, kind="merge") is None
    assert facts.sla_attainment(wave.pk, since=timezone.now() - dt.timedelta(days=7)) is None


def test_counts_speak_of_the_time_of_the_latest_loaded_run(wave) -> None:
    newest = loaded(wave, hours_ago=2)
    loaded(wave, hours_ago=5)
    land(newest, Line("a", severity=4), Line("b", severity=2, domain="consent"), Line("c", severity=4))
    found = facts.unresolved_critical(wave.pk)
    assert found == facts.Count(2, newest.finished_at, of=3)
    assert facts.open_cases(wave.pk, domain="consent") == facts.Count(1, newest.finished_at)
    assert facts.open_cases(wave.pk, severity=4, kind="merge") == facts.Count(2, newest.finished_at)
    assert facts.open_cases(wave.pk, kind="consent") == facts.Count(0, newest.finished_at)
    assert facts.open_cells(wave.pk) == [
        facts.Cell("merge", 4, "identity", 2),
        facts.Cell("merge", 2, "consent", 1),
    ]
    refs = [case.ref for case in sorted((case_of("a"), case_of("c")), key=lambda case: case.pk)]
    assert facts.critical_refs(wave.pk) == refs
    assert facts.critical_refs(wave.pk, limit=1) == refs[:1]


def test_a_pipeline_whose_clock_runs_ahead_makes_nothing_fresher(wave) -> None:
    run = loaded(wave, hours_ago=-48)
    count = facts.open_cases(wave.pk)
    assert count == facts.Count(0, run.announced_at)
    assert facts.runs(wave.pk)[0].finished_at == run.announced_at


def test_a_recalled_run_is_no_time_of_the_data(wave, omar) -> None:
    older, newer = loaded(wave, hours_ago=9), loaded(wave, hours_ago=1)
    land(older, Line("kept", severity=4))
    land(newer, Line("gone", severity=4))
    recalls.recall(run=newer, reason="Sent by mistake.", by=omar)
    assert facts.unresolved_critical(wave.pk) == facts.Count(1, older.finished_at, of=2)
    assert [(run.id, run.recalled) for run in facts.runs(wave.pk)] == [(newer.pk, True), (older.pk, False)]
    recalls.recall(run=older, reason="Sent by mistake.", by=omar)
    assert facts.unresolved_critical(wave.pk) is None


def test_reconciliation_is_that_of_the_latest_run_that_reports_any(wave) -> None:
    def report(run, layer, domain, expected, matched) -> None:
        Reconciliation.objects.create(
            run=run, layer=layer, domain=domain, check_name=f"{layer}-{domain}", expected=expected, matched=matched
        )

    first, second = loaded(wave, hours_ago=9), loaded(wave, hours_ago=5)
    loaded(wave, hours_ago=1)
    report(first, "storage", "chart", 10, 10)
    report(first, "record", "orders", 100, 40)
    report(second, "record", "orders", 100, 99)
    report(second, "record", "allergies", 50, 50)
    assert facts.reconciliation(wave.pk) == facts.Ratio(149, 150, second.finished_at)
    assert facts.reconciliation(wave.pk, layer="record", domain="orders") == facts.Ratio(99, 100, second.finished_at)
    assert facts.reconciliation(wave.pk, layer="storage") == facts.Ratio(10, 10, first.finished_at)
    assert facts.reconciliation(wave.pk, layer="workflow") is None
    assert facts.reconciliation_cells(wave.pk) == [("record", "allergies"), ("record", "orders")]


def test_case_names_are_checked_letter_by_letter(wave) -> None:
    case = factories.make_case()
    said = [case.ref, f"EX-0{case.pk}", f"ex-{case.pk}", "EX-", "EX-²", "EX-999999999", "", "EX-" + "9" * 400]
    assert facts.has_case(said) == {case.ref}


def test_what_people_resolved_counts_for_those_whose_decision_stands(wave, ana, ben) -> None:
    run, everybody = loaded(wave), [ana.pk, ben.pk]
    for person, severity in ((ana, 4), (ben, 2)):
        case = factories.make_case(run=run, severity=severity)
        actions.claim(case=case, by=person)
        actions.decide(case=case, verdict="LINK", reason="other", seen=case.revision, by=person)
    assert facts.resolvers_of_critical(wave.pk, everybody) == {ana.pk}
    assert facts.resolvers_of_critical(wave.pk, [ben.pk]) == frozenset()
    case = Case.objects.get(severity=4)
    actions.undo(case=case, by=ana)
    assert facts.resolvers_of_critical(wave.pk, everybody) == frozenset()


# Decisions in time, and decisions that were wrong


def decide(name: str, by, verdict: str = "LINK") -> None:
    case = case_of(name)
    actions.claim(case=case, by=by)
    actions.decide(case=case, verdict=verdict, reason="other", seen=case.revision, by=by)


def test_attainment_is_that_of_the_time_when_it_was_decided(wave, ana, lena) -> None:
    """A due time moves when a case comes back; what was decided in time stays so, what was undone never was."""
    queue = factories.make_queue(undo_seconds=0)
    run, since = loaded(wave), timezone.now()
    land(run, Line("soon"), Line("late"), Line("undone"), Line("reversed"), Line("escalated"), Line("open"))
    Case.objects.filter(pk=case_of("late").pk).update(due_at=timezone.now() - dt.timedelta(minutes=1))
    decide("soon", ana)
    decide("late", ana)
    decide("undone", ana)
    actions.undo(case=case_of("undone"), by=ana)
    found = facts.sla_attainment(wave.pk, since=since)
    assert (found.numerator, found.denominator) == (1, 2)
    decide("reversed", ana)
    sequencer.release(by=system())
    actions.reverse(case=case_of("reversed"), reason="Wrong.", by=lena)
    factories.make_queue(queue.slug, targets={"escalation": queue})
    decide("escalated", ana, "ESCALATE")
    Case.objects.filter(pk=case_of("soon").pk).update(due_at=timezone.now() - dt.timedelta(days=9))
    again = facts.sla_attainment(wave.pk, since=since)
    assert (again.numerator, again.denominator) == (1, 2)
    assert facts.sla_attainment(wave.pk, since=timezone.now()).denominator == 0
    other = factories.make_run(wave=factories.make_wave("other")).wave_id
    assert facts.sla_attainment(other, since=since).denominator == 0


def test_identity_errors_are_links_that_a_run_disproved(wave, ana) -> None:
    factories.make_queue(undo_seconds=0)
    first = loaded(wave, hours_ago=5)
    land(first, Line("right"), Line("wrong"), Line("unproven"))
    for name in ("right", "wrong"):
        decide(name, ana)
    sequencer.release(by=system())
    assert facts.decision_errors(wave.pk, kind="merge").denominator == 0, "no one has looked yet"
    looked = {"decisions_applied": 10, "manifest": factories.examined(*SYSTEMS)}
    proof = factories.make_run(wave=wave, state=RunState.LOADING, **looked)
    proof.files.create(path="m", kind="merges", rows=1, bytes=1, sha256="0" * 64, state="loaded")
    land(proof, Line("wrong"), Line("unproven"))
    progress.settle(run_id=proof.pk, by=system())
    proof.refresh_from_db()
    assert facts.decision_errors(wave.pk, kind="merge") == facts.Ratio(1, 2, proof.finished_at)


def test_a_decision_made_otherwise_on_other_evidence_was_an_error_too(wave, ana) -> None:
    factories.make_queue(undo_seconds=0)
    land(loaded(wave, hours_ago=5), Line("same"), Line("other"))
    for name in ("same", "other"):
        decide(name, ana)
    sequencer.release(by=system())
    land(loaded(wave, hours_ago=1), Line("same", evidence="b"), Line("other", evidence="b"))
    assert facts.decision_errors(wave.pk, kind="merge").numerator == 0, "no one has decided again"
    decide("same", ana)
    decide("other", ana, "NO_MATCH")
    assert facts.decision_errors(wave.pk, kind="merge").numerator == 1


def test_facts_of_runs_of_one_purpose(wave) -> None:
    """A gate may ask for a recent delta: a later rehearsal is none."""
    loaded(wave, hours_ago=9, purpose="delta", lines=50, rejected=1)
    newest = loaded(wave, hours_ago=5, purpose="delta", lines=80, rejected=2)
    loaded(wave, hours_ago=3, purpose="delta", state=RunState.RECALLED)
    rehearsal = loaded(wave, hours_ago=1, purpose="rehearsal", lines=10)
    found = all_facts.latest_runs(all_facts.RunScope(wave.pk, word) for word in ("", "delta", "rehearsal", "live"))
    told = {scope.purpose: (run.id, run.rejected.numerator, run.rejected.denominator) for scope, run in found.items()}
    assert told == {"": (rehearsal.pk, 0, 10), "delta": (newest.pk, 2, 80), "rehearsal": (rehearsal.pk, 0, 10)}
