"""A known case that is reported again: what moves, what is only noted, and what reopens."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace

import pytest
from django.db import transaction
from django.utils import timezone

from console.audit.models import LogEntry
from console.errors import Stale
from console.people import actions as people
from console.people.models import User
from console.people.queries import system
from tests import factories
from tests.cases.landing import Line, case_of, land
from tests.intake import making
from tests.triage import one_wave as facts
from triage.cases import actions, keys, sequencer
from triage.cases.actions import maintenance
from triage.cases.models import Case, Decision, MigrationException, QueueTally, ReportedChange, State
from triage.queues.models import SEVERITIES, Queue, RoutingRule, SlaPolicy

pytestmark = pytest.mark.django_db
LOW = Line("x", severity=1, reasons=(), report="1")
HOURS = {1: 240, 2: 72, 3: 24, 4: 4}


@pytest.fixture(autouse=True)
def queue(db) -> Queue:
    """A queue for what is not severe, one for what is, targets to hand cases on to, and due times by severity."""
    high, experts = factories.make_queue("high"), factories.make_queue("experts")
    found = factories.make_queue("low", targets={"escalation": experts, "overlay": high}, order=1)
    for order, conditions in enumerate(({"severity_at_least": 3}, {"any_reason": ["possible_twin"]}), start=1):
        RoutingRule.objects.create(
            order=order, name=f"r{order}", kind="merge", conditions=conditions, queue=high, priority=10 * order
        )
    RoutingRule.objects.create(order=3, name="rest", kind="merge", conditions={}, queue=found)
    for severity, hours in HOURS.items():
        SlaPolicy.objects.create(severity=severity, minutes=hours * 60)
    return found


def reported(line: Line = LOW, **fields) -> Case:
    land(factories.make_run(**fields), line)
    return case_of("x")


def due_in(case: Case) -> int:
    """Whole hours until the case is due."""
    return round((case.due_at - timezone.now()).total_seconds() / 3600)


def acted(by, verdict: str, *, release: bool = False, **extra) -> Case:
    case = case_of("x")
    actions.claim(case=case, by=by)
    actions.decide(case=case, verdict=verdict, reason="other", seen=case.revision, by=by, **extra)
    if release:
        sequencer.release(by=system(), now=timezone.now() + dt.timedelta(hours=1))
    return case_of("x")


def tallied() -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    slugs = dict(Queue.objects.values_list("pk", "slug"))
    for queue, state, delta in QueueTally.objects.values_list("queue_id", "state", "delta"):
        found[slugs[queue], state] = found.get((slugs[queue], state), 0) + delta
    return {key: number for key, number in found.items() if number}


#: What run 2 says of a low case → severity, queue, hours until due, reasons, priority.
RAISED = replace(LOW, severity=4, reasons=("allergy_conflict",))
MOVES = {
    "severity and reasons": (RAISED, 4, "high", 4, ["allergy_conflict"], 410),
    "severity and a field": (replace(RAISED, evidence="b"), 4, "high", 4, ["allergy_conflict"], 410),
    "reasons alone": (replace(LOW, reasons=("possible_twin",)), 1, "high", 240, ["possible_twin"], 120),
    "reasons that route nowhere else": (replace(LOW, reasons=("note",)), 1, "low", 240, ["note"], 100),
    "the model alone": (replace(LOW, report="2"), 1, "low", 240, [], 100),
    "the domain": (replace(LOW, domain="orders"), 1, "low", 240, [], 100),
}


@pytest.mark.parametrize("name", MOVES)
@pytest.mark.parametrize("state", ["open", "claimed"])
def test_a_report_moves_an_unresolved_case_at_once(name: str, state: str, ana) -> None:
    line, severity, queue, hours, reasons, priority = MOVES[name]
    case = reported()
    if state == "claimed":
        actions.claim(case=case, by=ana)
    run = factories.make_run()
    landed = land(run, line)
    assert (landed.known, landed.changed, landed.reopened) == (1, 1, 0)
    case = case_of("x")
    assert (case.severity, case.queue.slug, due_in(case), case.reasons) == (severity, queue, hours, reasons)
    assert (case.state, case.priority, case.revision, case.domain) == (state, priority, 2, line.domain)
    assert tallied() == {(queue, state): 1}
    assert facts.unresolved_critical(run.wave_id).value == (severity == 4)
    assert MigrationException.objects.get(pk=case.latest_exception_id).run == run
    if state == "claimed":
        with pytest.raises(Stale):
            actions.decide(case=case, verdict="LINK", reason="other", seen=1, by=ana)


def test_what_moved_is_kept() -> None:
    before = reported()
    after = reported(RAISED)
    change = ReportedChange.objects.get()
    assert (change.turn, change.before_exception_id, change.after_exception_id) == (
        "changed",
        before.latest_exception_id,
        after.latest_exception_id,
    )
    assert (change.severity_before, change.severity_after) == (1, 4)
    assert (change.queue_before.slug, change.queue_after.slug) == ("low", "high")
    assert (change.due_before, change.due_after) == (before.due_at, after.due_at)
    assert (change.state_before, change.state_after) == ("open", "open")


def test_a_lower_report_lowers_the_severity_and_never_moves_the_due_time_later() -> None:
    due = reported(RAISED).due_at
    case = reported()
    assert (case.severity, case.queue.slug, case.due_at, case.priority) == (1, "low", due, 100)
    assert facts.unresolved_critical(case.wave_id).value == 0
    assert facts.critical_arrivals(case.wave_id) == 1
    assert reported(RAISED).due_at == due, "the second rise does not buy time either"
    assert facts.critical_arrivals(case.wave_id) == 2


def test_the_same_report_moves_nothing_and_keeps_no_line() -> None:
    before = Case.objects.filter(pk=reported().pk).values().get()
    for _ in range(3):
        reported()
    assert Case.objects.filter(pk=before["id"]).values().get() == before
    assert MigrationException.objects.count() == 1
    assert not ReportedChange.objects.exists()


@pytest.mark.parametrize("chunks", ["one chunk", "two chunks"])
@pytest.mark.parametrize("known", [True, False])
def test_of_two_lines_of_one_run_the_last_one_holds(chunks: str, known: bool) -> None:
    if known:
        reported(replace(LOW, severity=2))
    run, raised = factories.make_run(), replace(LOW, severity=4)
    for part in ([LOW, raised, LOW, raised],) if chunks == "one chunk" else ([LOW, raised], [LOW, raised]):
        land(run, *part)
    case = case_of("x")
    assert (case.severity, case.queue.slug, case.priority) == (4, "high", 410)
    kept = MigrationException.objects.filter(case=case)
    assert kept.get(pk=case.latest_exception_id).run == run


def test_a_line_that_says_what_holds_and_stands_last_wins_over_one_that_does_not() -> None:
    reported()
    land(factories.make_run(), RAISED, LOW)
    case = case_of("x")
    assert (case.severity, case.queue.slug, case.revision) == (1, "low", 1)


def test_a_case_that_people_handed_on_stays_there_and_is_never_less_severe_than_they_said(ana) -> None:
    reported()
    actions.claim(case=case_of("x"), by=ana)
    case = case_of("x")
    actions.decide(case=case, verdict="OVERLAY_SUSPECTED", reason="other", note="?", seen=1, by=ana)
    handed = case_of("x")
    assert (handed.queue.slug, handed.severity) == ("high", 4)
    case = reported(replace(LOW, severity=2, reasons=("note",)))
    assert (case.queue.slug, case.severity, case.reasons, case.priority) == ("high", 4, ["note"], handed.priority)
    assert case.due_at == handed.due_at


def test_an_escalated_case_gets_the_severity_and_the_earlier_due_time_where_it_is(ana) -> None:
    reported()
    acted(ana, "ESCALATE", note="?")
    case = reported(RAISED)
    assert (case.queue.slug, case.severity, due_in(case), case.priority) == ("experts", 4, 4, 460)


def put_off(by) -> Case:
    return acted(by, "DEFER", until=timezone.now() + dt.timedelta(days=3))


def waiting(by) -> Case:
    factories.make_mailbox("ward-3")
    return acted(by, "NEEDS_INFO", asked_of="ward-3")


@pytest.mark.parametrize("pause", [put_off, waiting])
def test_a_paused_case_that_becomes_critical_returns_to_its_queue(pause, ana) -> None:
    reported()
    state = pause(ana).state
    still = reported(replace(LOW, severity=2))
    assert (still.state, still.severity, still.queue.slug, still.decision is None) == (state, 2, "low", False)
    assert (still.wake_at is None) == (state == "waiting")
    case = reported(RAISED)
    assert (case.state, case.queue.slug, case.wake_at, case.decision, due_in(case)) == ("open", "high", None, None, 4)
    change = ReportedChange.objects.latest("pk")
    assert (change.state_before, change.state_after) == (state, "open")
    assert maintenance.sweep(by=system(), now=timezone.now() + dt.timedelta(days=9)).woken == 0


@pytest.mark.parametrize("released", [True, False])
def test_a_decided_case_is_not_moved_and_says_what_was_reported(released: bool, ana) -> None:
    reported()
    acted(ana, "NO_MATCH", release=released)
    before = Case.objects.filter(pk=case_of("x").pk).values().get()
    landed = land(factories.make_run(), RAISED)
    assert (landed.known, landed.changed, landed.reopened) == (1, 0, 0)
    after = Case.objects.filter(pk=before["id"]).values().get()
    moved = {name for name in before if before[name] != after[name]}
    assert moved == {"report", "latest_exception_id"}
    change = ReportedChange.objects.get()
    assert (change.turn, change.severity_before, change.severity_after) == ("noted", 1, 4)
    assert change.queue_before == change.queue_after
    assert sequencer.release(by=system(), now=timezone.now() + dt.timedelta(hours=1)).count == (not released)
    landed = land(factories.make_run(), RAISED)
    assert (landed.known, ReportedChange.objects.count()) == (1, 1)


def test_what_was_noted_applies_when_evidence_reopens_the_case(ana) -> None:
    seen = reported().latest_exception_id
    acted(ana, "NO_MATCH", release=True)
    reported(RAISED)
    case = reported(replace(RAISED, evidence="b"))
    assert (case.state, case.severity, case.queue.slug, due_in(case)) == ("open", 4, "high", 4)
    assert case.reopenings.get().before_exception_id == seen


def merge(severity: str, **changes) -> dict:
    return factories.merge_line() | {"severity": severity} | changes


@pytest.mark.parametrize("how", ["undo", "reverse"])
def test_what_was_noted_applies_when_people_take_the_case_up_again(how: str, ana, lena) -> None:
    reported(replace(LOW, payload=merge("low")))
    acted(ana, "NO_MATCH", release=how == "reverse")
    payload = merge("critical", reasons=["possible_twin"], domain="orders")
    reported(replace(LOW, severity=4, reasons=("possible_twin",), domain="orders", payload=payload))
    assert case_of("x").severity == 1
    if how == "undo":
        actions.undo(case=case_of("x"), by=ana)
    else:
        actions.reverse(case=case_of("x"), reason="Wrong.", by=lena)
    case = case_of("x")
    assert (case.severity, case.queue.slug, case.reasons, case.domain) == (4, "high", ["possible_twin"], "orders")
    assert (case.priority, due_in(case)) == (410 if how == "undo" else 490, 4)
    assert case.revision > 1
    assert facts.unresolved_critical(case.wave_id).value == 1
    assert Decision.objects.filter(role="reversal").exists()


def test_a_withdrawn_case_returns_as_it_is_reported_now() -> None:
    case = reported()
    Case.objects.filter(pk=case.pk).update(state=State.WITHDRAWN)
    landed = land(factories.make_run(), RAISED)
    assert landed.returned == 1
    case = case_of("x")
    assert (case.state, case.severity, case.queue.slug, due_in(case)) == ("open", 4, "high", 4)


# Cases of the version before, whose evidence was named with levels and grade, and which have no report


def of_before(line: Line) -> Case:
    """A case as the version before left it."""
    case = reported(line)
    Case.objects.filter(pk=case.pk).update(report=None, evidence=keys.fingerprint("as it was named"))
    return case_of("x")


def whole(severity: str = "low", **changes) -> Line:
    """A line whose names are those that its kind gives its payload."""
    payload = merge(severity, **changes)
    return replace(LOW, payload=payload, severity=SEVERITIES[severity], reasons=tuple(payload["reasons"]), real=True)


@pytest.mark.parametrize("decided", [False, True])
def test_the_first_report_after_an_upgrade_changes_and_reopens_nothing(decided: bool, ana) -> None:
    of_before(whole())
    if decided:
        acted(ana, "NO_MATCH", release=True)
    before = Case.objects.filter(pk=case_of("x").pk).values().get()
    landed = land(factories.make_run(), whole())
    assert (landed.known, landed.changed, landed.reopened) == (1, 0, 0)
    after = Case.objects.filter(pk=before["id"]).values().get()
    assert {name for name in before if before[name] != after[name]} == {"report", "evidence"}
    assert not ReportedChange.objects.exists()


def test_after_an_upgrade_what_is_reported_differently_is_heard_and_other_fields_reopen(ana) -> None:
    of_before(whole())
    assert reported(whole("critical")).severity == 4
    acted(ana, "NO_MATCH", release=True)
    Case.objects.update(report=None)
    other = whole("critical")
    other.payload["records"][0]["fields"]["given"] = "Musa"
    landed = land(factories.make_run(), other)
    assert landed.reopened == 1


def test_a_kept_line_that_is_refused_today_still_says_what_its_evidence_was(ana) -> None:
    case = of_before(whole())
    acted(ana, "NO_MATCH", release=True)
    payload = whole().payload
    payload["match"]["grade"] = "unheard-of"
    old = MigrationException.objects.create(
        case=case, run=case.opened_run, evidence=case.evidence, digest=case.evidence, payload=json.dumps(payload)
    )
    Case.objects.update(latest_exception_id=old.pk)
    landed = land(factories.make_run(), whole())
    assert (landed.known, landed.reopened) == (1, 0)
    assert ReportedChange.objects.get().turn == "noted"


# Under a claim, through a whole run


def test_a_claim_ends_when_the_case_moves_to_a_queue_that_its_holder_does_not_work(tmp_path, settings, db) -> None:
    settings.PACKAGE_ROOT = tmp_path / "store"
    making.world()
    low, high = Queue.objects.get(slug="low"), Queue.objects.get(slug="high")
    kept, lost = factories.make_user("kept", role="reviewer"), factories.make_user("lost")
    people.grant_role(user=lost, role="reviewer", scope=low, by=system())
    lines = [line | {"severity": "low", "reasons": []} for line in making.merge_lines(1, 2)]
    making.take_in(making.package(tmp_path, "r1", lines))
    cases = list(Case.objects.order_by("pk"))
    for case, by in zip(cases, (kept, User.objects.get(pk=lost.pk)), strict=True):
        actions.claim(case=case, by=by)
    making.take_in(making.package(tmp_path, "r2", [line | {"severity": "critical"} for line in lines]))
    found = Case.objects.order_by("pk").values_list("queue", "state", "claim__by")
    assert list(found) == [(high.pk, "claimed", kept.pk), (high.pk, "open", None)]
    assert LogEntry.objects.get(verb="case.claim_lost").facts["holder"] == lost.pk


def test_a_chunk_that_is_done_again_moves_nothing_twice() -> None:
    reported()
    run = factories.make_run()
    with transaction.atomic():
        land(run, RAISED)
        transaction.set_rollback(True)  # killed
    assert case_of("x").severity == 1
    land(run, RAISED)
    land(run, RAISED, first=2)
    case = case_of("x")
    assert (case.severity, case.revision, ReportedChange.objects.count()) == (4, 2, 1)
