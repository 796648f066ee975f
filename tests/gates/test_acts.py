# ruff: noqa: E501 - a scene reads best on one line
"""What may be done with a gate, by whom, and what is refused: at the actions, on real rows."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from console import fact_changes
from console.audit.models import LogEntry
from console.errors import Denied, Invalid, Missing, Refusal, Stale
from console.notices.models import Notice
from console.people import actions as people
from console.people.models import User
from console.waves import actions as waves
from console.waves.causes import WaveCause
from governance.gates import actions
from governance.gates.actions import Asked, Place, locks, maintenance, superseding
from governance.gates.actions.exporting import export_decision
from governance.gates.models import (
    Ballot,
    Evaluation,
    Gate,
    GateDecision,
    Revalidation,
    Signature,
    Supersession,
    Waiver,
)
from governance.gates.queries import gate_page, lanes
from governance.gates.rules import End, GateState
from governance.rollback import actions as rollback
from governance.subjects import of_wave
from tests.gates.stage import DAY, HOUR, PROOF, Stage
from tests.intake import making

pytestmark = pytest.mark.django_db
NOW = dt.timedelta(0)


@pytest.fixture
def gate(stage: Stage) -> Gate:
    return stage.cutover()


def break_it(stage: Stage) -> None:
    """A measure leaves its bound."""
    stage.report("login-success", age=NOW, numerator=98, denominator=100)


# Votes


def test_a_double_click_is_one_ballot(stage: Stage, gate: Gate) -> None:
    package, key = actions.seal(gate=gate, by=stage.sam), uuid.uuid4()
    first = stage.vote(package, stage.bo, request_key=key)
    again = stage.vote(package, stage.bo, request_key=key)
    assert (again.ballot.pk, again.signature.pk, again.repeat) == (first.ballot.pk, first.signature.pk, True)
    assert Ballot.objects.filter(package=package).count() == 1
    with pytest.raises(Stale):
        stage.vote(package, stage.bo, request_key=uuid.uuid4())
    with pytest.raises(Invalid):
        stage.vote(package, stage.bo, "no-go", request_key=key)


def test_a_vote_is_on_what_was_seen(stage: Stage, gate: Gate) -> None:
    package = actions.seal(gate=gate, by=stage.sam)
    with pytest.raises(Stale):
        stage.vote(package, stage.bo, seen="0" * 64)
    actions.withdraw(package=package, reason="Once more.", by=stage.sam)
    newer = actions.seal(gate=gate, by=stage.sam)
    assert newer.previous == package.digest
    with pytest.raises(Stale):
        stage.vote(package, stage.bo)
    with pytest.raises(Denied):
        stage.vote(newer, stage.bo, proof="")


def test_who_may_not_approve(stage: Stage, gate: Gate) -> None:
    for role in ("board", "operator"):
        people.grant_role(user=stage.omar, role=role, by=stage.ada)
    permissions_of(stage.omar)
    stage.seat(
        gate,
        places=[
            dataclasses.replace(place, holder=stage.omar) if place.code == "cno" else place for place in stage.board()
        ],
    )
    break_it(stage)
    waiver = ask(stage, gate, "login-success", by=stage.omar)
    actions.decide_waiver(waiver=waiver, granted=True, reason="For now.", by=stage.bo)
    package = actions.seal(gate=gate, by=stage.sam)
    with pytest.raises(Denied, match="waiver"):
        stage.vote(package, stage.omar)
    stage.vote(package, stage.omar, "abstain")
    with pytest.raises(Denied):
        stage.vote(package, stage.theo)
    with pytest.raises(Denied):
        stage.vote(package, stage.ana)


def test_the_sealer_cannot_approve(stage: Stage, gate: Gate) -> None:
    people.grant_role(user=stage.bo, role="steward", by=stage.ada)
    people.grant_role(user=stage.bo, role="board", by=stage.ada)
    permissions_of(stage.bo)
    package = actions.seal(gate=gate, by=stage.bo)
    with pytest.raises(Denied, match="sealed"):
        stage.vote(package, stage.bo)
    stage.vote(package, stage.bo, "no-go")


def test_who_settled_a_critical_case_cannot_approve(stage: Stage, gate: Gate) -> None:
    from tests.gates.test_materiality import World

    people.grant_role(user=stage.paul, role="reviewer", by=stage.ada)
    people.grant_role(user=stage.paul, role="board", by=stage.ada)
    permissions_of(stage.paul)
    stage.run("run-2", lines=[stage.critical(5000), *making.merge_lines(6000, 100)], age=NOW)
    stage.__class__ = World
    stage.ana = stage.paul
    stage.decide_case(critical())  # type: ignore[attr-defined]
    package = actions.seal(gate=gate, by=stage.sam)
    with pytest.raises(Denied, match="critical"):
        stage.vote(package, stage.paul)


def test_a_recused_holder_leaves_the_seat_to_the_alternate(stage: Stage, gate: Gate) -> None:
    package = actions.seal(gate=gate, by=stage.sam)
    with pytest.raises(Denied):
        stage.vote(package, stage.theo)
    stage.vote(package, stage.nora, "recused")
    assert Notice.objects.filter(to=stage.theo, kind="gate.vote_asked").exists()
    stage.vote(package, stage.theo)
    for person in (stage.bo, stage.mira, stage.paul):
        stage.vote(package, person)
    actions.consolidate(package=package, by=stage.sam)
    assert stage.decide(package).outcome == "go"


def test_blindness(stage: Stage, gate: Gate) -> None:
    package = actions.seal(gate=gate, by=stage.sam)
    stage.vote(package, stage.mira, "no-go", rationale="Not the wards.")
    stage.vote(package, stage.nora, "recused")

    def shown(person: User) -> set[str]:
        page = gate_page(gate, person).poll
        assert page is not None
        return {row.person.username for seat in page.seats for row in seat.ballots} | {
            row.person.username for row in page.signatures
        }

    assert shown(stage.mira) == {"mira"}
    assert shown(stage.bo) == shown(stage.sam) == shown(stage.paul) == set()
    assert gate_page(gate, stage.bo).poll.counted is None  # type: ignore[union-attr]
    entry = LogEntry.objects.get(verb="gate.voted", actor=stage.mira, subject=gate.ref)
    assert "no-go" not in str(entry.facts)
    for person in (stage.bo, stage.paul, stage.theo):
        stage.vote(package, person)
    actions.consolidate(package=package, by=stage.bo)
    assert "mira" in shown(stage.bo)
    assert shown(stage.nora) == {"nora"}
    assert gate_page(gate, stage.nora).poll.counted is None  # type: ignore[union-attr]
    with pytest.raises(Missing):
        export_decision(package=locks.reread(package), by=stage.nora)
    stage.decide(package, "no-go")
    assert "mira" in shown(stage.nora)
    assert export_decision(package=locks.reread(package), by=stage.nora)


# Deciding


def test_a_veto_stands(stage: Stage, gate: Gate) -> None:
    package = actions.seal(gate=gate, by=stage.sam)
    stage.vote(package, stage.mira, "no-go", rationale="Not the wards.")
    for person in (stage.bo, stage.nora, stage.paul):
        stage.vote(package, person)
    done = actions.consolidate(package=package, by=stage.sam)
    assert done.count["vetoes"] == ["cmio"]
    with pytest.raises(Denied):
        stage.decide(package)
    decision = stage.decide(package, "no-go")
    assert {row["name"] for row in decision.dissent} == {"Bo", "Nora", "Paul"}
    assert stage.fresh_wave().guarded_at is None
    assert stage.standing(gate).state == GateState.NO_GO


def test_dissent_stands_on_the_record(stage: Stage, gate: Gate) -> None:
    stage.seat(gate, places=[*stage.board(), Place("it", "Operations", stage.board_member("uma"), required=False)])
    package = actions.seal(gate=gate, by=stage.sam)
    for person in (stage.bo, stage.mira, stage.nora, stage.paul):
        stage.vote(package, person)
    stage.vote(package, User.objects.get(username="uma"), "no-go", rationale="Too early.")
    actions.consolidate(package=package, by=stage.bo)
    decision = stage.decide(package)
    assert [(row["name"], row["rationale"]) for row in decision.dissent] == [("Uma", "Too early.")]


def test_a_red_gate_may_be_sealed_and_never_goes(stage: Stage, gate: Gate) -> None:
    break_it(stage)
    package = stage.polled(gate)
    actions.consolidate(package=package, by=stage.bo)
    with pytest.raises(Denied):
        stage.decide(package)
    stage.report("login-success", age=NOW, numerator=9_990, denominator=10_000)
    assert stage.standing(gate).live, "to get better withdraws nothing"
    with pytest.raises(Denied):
        stage.decide(package)
    stage.decide(package, "no-go")


def test_only_the_chair_decides_and_twice_is_once(stage: Stage, gate: Gate) -> None:
    package = stage.polled(gate)
    with pytest.raises(Stale):
        stage.decide(package)
    with pytest.raises(Denied):
        actions.consolidate(package=package, by=stage.mira)
    actions.consolidate(package=package, by=stage.bo)
    with pytest.raises(Denied):
        actions.decide(package=package, outcome="go", seen=package.digest, proof=PROOF, by=stage.mira)
    with pytest.raises(Stale):
        stage.decide(package, seen="0" * 64)
    assert stage.decide(package).pk == stage.decide(package).pk
    assert GateDecision.objects.filter(package=package).count() == 1
    assert Signature.objects.filter(package=package, act="decision").count() == 1


def test_a_poll_is_not_ended_while_someone_can_answer(stage: Stage, gate: Gate) -> None:
    package = actions.seal(gate=gate, by=stage.sam)
    for person in (stage.bo, stage.mira, stage.nora):
        stage.vote(package, person)
    with pytest.raises(Stale):
        actions.consolidate(package=package, by=stage.bo)
    stage.vote(package, stage.paul, "abstain")
    assert actions.consolidate(package=package, by=stage.bo).count["present"] == 4


# Beginning


def conditions(stage: Stage, **more: Any) -> list[Asked]:
    return [Asked("The desk is staffed", stage.omar, timezone.now() + DAY, **more)]


def gone_with_conditions(stage: Stage, gate: Gate, **more: Any) -> Any:
    package = actions.seal(gate=gate, by=stage.sam)
    stage.vote(package, stage.nora, "go-with-conditions", conditions=conditions(stage, **more))
    for person in (stage.bo, stage.mira, stage.paul):
        stage.vote(package, person)
    actions.consolidate(package=package, by=stage.bo)
    with pytest.raises(Invalid):
        stage.decide(package, "go")
    stage.decide(package, "go-with-conditions")
    return package


def test_an_unmet_condition_is_no_go_at_t_0(stage: Stage, gate: Gate) -> None:
    package = gone_with_conditions(stage, gate)
    done = actions.begin(package=package, seen=package.digest, by=stage.omar)
    assert not done.passed
    assert "The desk is staffed" in done.findings[0]
    assert stage.standing(gate).state == GateState.SUPERSEDED
    assert stage.fresh_wave().guarded_at is None
    assert actions.begin(package=package, seen=package.digest, by=stage.omar).pk == done.pk


def test_a_condition_is_confirmed_by_its_author(stage: Stage, gate: Gate) -> None:
    package = gone_with_conditions(stage, gate)
    condition = package.ballots.get(person=stage.nora).conditions.get()
    with pytest.raises(Denied):
        actions.meet_condition(condition=condition, note="Done.", by=stage.omar)
    actions.meet_condition(condition=condition, note="Three people.", by=stage.nora)
    assert actions.begin(package=package, seen=package.digest, by=stage.omar).passed


def test_a_condition_with_a_measure_is_met_by_the_measure_alone(stage: Stage, gate: Gate) -> None:
    bound = {"measure": "interface-backlog", "operator": "le", "threshold": Decimal(10)}
    package = gone_with_conditions(stage, gate, **bound)
    condition = package.ballots.get(person=stage.nora).conditions.get()
    with pytest.raises(Refusal):
        actions.meet_condition(condition=condition, note="Done.", by=stage.nora)
    stage.report("interface-backlog", age=NOW, value=10)
    assert actions.begin(package=package, seen=package.digest, by=stage.omar).passed


def test_what_time_took_away_is_found_at_t_0(stage: Stage, gate: Gate) -> None:
    package, _ = stage.gone(gate)
    with time_machine.travel(timezone.now() + 2 * DAY, tick=False):
        done = actions.begin(package=package, seen=package.digest, by=stage.omar)
    assert not done.passed
    assert Supersession.objects.get(package=package).cause == End.NOT_PASSED
    assert Evaluation.objects.filter(occasion="begin", version__criterion__gate=gate, result="stale").exists()


def test_a_go_that_is_not_started_expires(stage: Stage, gate: Gate) -> None:
    stage.seat(gate, valid_hours=2)
    package, decision = stage.gone(gate)
    with time_machine.travel(decision.valid_until + dt.timedelta(seconds=1), tick=False):
        assert stage.standing(gate).state == GateState.LAPSED
        with pytest.raises(Stale):
            actions.begin(package=package, seen=package.digest, by=stage.omar)
        assert stage.fresh_wave().guarded_at, "it is not recorded yet"
        assert maintenance.sweep(by=system()) == 1
        assert stage.fresh_wave().guarded_at is None
        assert Supersession.objects.get(package=package).cause == End.LAPSED
        assert maintenance.sweep(by=system()) == 0
        assert actions.seal(gate=gate, by=stage.sam).turn == package.turn + 1


def test_an_undecided_poll_expires_and_a_new_round_needs_no_scheduler(stage: Stage, gate: Gate) -> None:
    package = actions.seal(gate=gate, by=stage.sam)
    with time_machine.travel(package.closes_at + 25 * HOUR, tick=False):
        with pytest.raises(Stale):
            stage.vote(package, stage.bo)
        newer = actions.seal(gate=gate, by=stage.sam)
    assert newer.turn == package.turn + 1
    assert Supersession.objects.filter(package=package).exists()


def test_an_expired_waiver_carries_no_go_with_every_scheduler_stopped(stage: Stage, gate: Gate) -> None:
    break_it(stage)
    waiver = ask(stage, gate, "login-success", days=1)
    actions.decide_waiver(waiver=waiver, granted=True, reason="For now.", by=stage.bo)
    package, _ = stage.gone(gate)
    assert stage.standing(gate).state == GateState.GO
    with time_machine.travel(waiver.not_after, tick=False):
        assert stage.standing(gate).state == GateState.SUPERSEDED
        done = actions.begin(package=package, seen=package.digest, by=stage.omar)
    assert not done.passed


# Waivers


def ask(stage: Stage, gate: Gate, code: str, *, days: int = 5, by: User | None = None) -> Waiver:
    return actions.ask_waiver(
        criterion=stage.criterion(gate, code),
        reason="It is known.",
        compensating_control="Someone watches.",
        not_after=timezone.now() + days * DAY,
        seen=stage.version(gate, code),
        by=by or stage.omar,
    )


def test_a_waiver_needs_another_person_of_the_right_seat(stage: Stage, gate: Gate) -> None:
    with pytest.raises(Refusal):
        ask(stage, gate, "login-success")  # it passes: there is nothing to waive
    break_it(stage)
    waiver = ask(stage, gate, "login-success")
    for person in (stage.omar, stage.sam, stage.ada, stage.mira):
        with pytest.raises(Denied):
            actions.decide_waiver(waiver=waiver, granted=True, reason="Yes.", by=person)
    actions.decide_waiver(waiver=waiver, granted=True, reason="Yes.", by=stage.bo)
    assert stage.standing(gate).snapshot.waivers == (waiver,)
    with pytest.raises(Stale):
        actions.decide_waiver(waiver=waiver, granted=False, reason="No.", by=stage.bo)


def test_what_cannot_be_waived(stage: Stage, gate: Gate) -> None:
    stage.run("run-2", lines=[stage.critical(5000), *making.merge_lines(6000, 100)], age=NOW)
    with pytest.raises(Refusal):
        ask(stage, gate, "critical-open")


# Who


def test_an_administrator_is_refused_everywhere(stage: Stage, gate: Gate) -> None:
    break_it(stage)
    waiver = ask(stage, gate, "login-success")
    package = actions.seal(gate=gate, by=stage.sam)
    attestation = stage.criterion(gate, "downtime-procedures").attestations.get()
    login = stage.criterion(gate, "login-success")
    version, ada = stage.version(gate, "login-success"), stage.ada
    how = actions_how(login)
    tries: dict[str, Callable[[], Any]] = {
        "make": lambda: actions.make_gates(subject=of_wave(stage.wave), phases=["consent"], by=ada)[0],
        "make all": lambda: actions.make_gates(subject=of_wave(stage.wave), by=ada),
        "add": lambda: actions.add_criterion(gate=gate, code="x", title="x", how=how, reason="x", by=ada),
        "change": lambda: actions.change_criterion(criterion=login, how=how, reason="x", seen=version, by=ada),
        "reword": lambda: actions.reword_criterion(criterion=login, title="x", why="", owner=None, order=1, by=ada),
        "retire": lambda: actions.retire_criterion(criterion=login, reason="x", by=ada),
        "policy": lambda: actions.change_policy(
            gate=gate, places=stage.board(), quorum=2, go_needed=2, reason="x", seen=1, by=ada
        ),
        "attest": lambda: actions.attest(criterion=attestation.criterion, seen=1, by=ada),
        "withdraw an attestation": lambda: actions.withdraw_attestation(attestation=attestation, reason="x", by=ada),
        "test": lambda: stage.control("access-review", timezone.now(), by=ada),
        "ask": lambda: ask(stage, gate, "login-success", by=ada),
        "grant": lambda: actions.decide_waiver(waiver=waiver, granted=True, reason="x", by=ada),
        "revoke": lambda: actions.revoke_waiver(waiver=waiver, reason="x", by=ada),
        "seal": lambda: actions.seal(gate=gate, by=ada),
        "withdraw": lambda: actions.withdraw(package=package, reason="x", by=ada),
        "vote": lambda: stage.vote(package, ada),
        "consolidate": lambda: actions.consolidate(package=package, by=ada),
        "decide": lambda: actions.decide(
            package=package, outcome="no-go", statement="x", seen=package.digest, proof=PROOF, by=ada
        ),
        "begin": lambda: actions.begin(package=package, seen=package.digest, by=ada),
        "tend": lambda: maintenance.sweep(by=ada),
        "evaluate": lambda: maintenance.evaluate(subject=of_wave(stage.wave), by=ada),
        "see": lambda: gate_page(gate, ada),
    }
    let_through = []
    for name, attempt in tries.items():
        try:
            attempt()
        except Refusal:
            continue
        let_through.append(name)
    assert let_through == []
    assert lanes(ada, [of_wave(stage.wave)]) == []


# The listener


def test_while_nothing_is_guarded_a_change_costs_one_query(stage: Stage) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    with CaptureQueriesContext(
        connection,
    ) as captured:
        superseding.supersede_if_changed(fact_changes.Change(WaveCause.DESCRIBED, (stage.wave.pk,), stage.sam))
    asked = [
        query["sql"] for query in captured.captured_queries if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))
    ]
    assert len(asked) == 1


def test_what_cannot_be_withdrawn_undoes_the_change(stage: Stage, gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    package = stage.polled(gate)

    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("no supersession")

    monkeypatch.setattr(superseding, "supersede", broken)
    wave = stage.fresh_wave()
    with pytest.raises(RuntimeError):
        waves.describe_wave(wave=wave, name=wave.name, planned_for=None, by=stage.sam)
    assert stage.fresh_wave().planned_for == wave.planned_for
    assert not Supersession.objects.filter(package=package).exists()


def test_a_prior_gate_that_falls_takes_the_later_one_along(stage: Stage) -> None:
    scope = stage.gate("scope")
    stage.say(scope)
    earlier, _ = stage.gone(scope)
    later = stage.gate("rollback")
    actions.add_criterion(gate=later, code="after-scope", title="After", how=after(), reason="So.", by=stage.sam)
    stage.say(later)
    package = stage.polled(later)
    actions.withdraw(package=earlier, reason="It was too early.", by=stage.sam)
    changes = Supersession.objects.get(package=package).changes
    assert "prior-gate-changed" in {change["code"] for change in changes}
    assert stage.fresh_wave().guarded_at is None


def test_an_earlier_answer_that_went_stale_carries_no_later_go(stage: Stage) -> None:
    scope = stage.gate("scope", valid_hours=5_000)
    stage.say(scope)
    stage.gone(scope)
    later = stage.gate("rollback")
    actions.add_criterion(gate=later, code="after-scope", title="After", how=after(), reason="So.", by=stage.sam)
    assert evaluated(stage, later, "after-scope").permits
    with time_machine.travel(timezone.now() + 91 * DAY, tick=False):
        assert not evaluated(stage, later, "after-scope").permits


def test_gates_that_wait_for_each_other_never_pass(stage: Stage) -> None:
    first, second = stage.gate("scope"), stage.gate("rollback")
    how = after()
    actions.add_criterion(gate=second, code="a", title="a", how=how, reason="So.", by=stage.sam)
    how = dataclasses.replace(how, subject="rollback")
    actions.add_criterion(gate=first, code="b", title="b", how=how, reason="So.", by=stage.sam)
    assert not evaluated(stage, first, "b").permits
    assert not evaluated(stage, second, "a").permits


def test_a_clock_that_was_set_back_brings_no_signature_back(stage: Stage, gate: Gate) -> None:
    package = stage.polled(gate)
    with time_machine.travel(timezone.now() - DAY, tick=False):
        assert not stage.standing(gate).live, "data that are ahead of the clock are not believed"
        with pytest.raises(Refusal):
            actions.consolidate(package=package, by=stage.bo)
    break_it(stage)
    with time_machine.travel(timezone.now() - HOUR, tick=False):
        assert stage.standing(gate).state == GateState.SUPERSEDED


def test_two_packages_guard_one_wave(stage: Stage) -> None:
    scope, rollback = stage.gate("scope", freezes=True), stage.gate("rollback")
    first, second = actions.seal(gate=scope, by=stage.sam), actions.seal(gate=rollback, by=stage.sam)
    actions.withdraw(package=first, reason="Not yet.", by=stage.sam)
    wave = stage.fresh_wave()
    assert (wave.guarded_at is None, wave.frozen_at is None) == (False, True)
    actions.withdraw(package=second, reason="Not yet.", by=stage.sam)
    assert stage.fresh_wave().guarded_at is None


def test_what_has_changed_is_kept_for_trends_once(stage: Stage, gate: Gate) -> None:
    first = maintenance.evaluate(subject=of_wave(stage.wave), by=system())
    assert first > 0
    assert maintenance.evaluate(subject=of_wave(stage.wave), by=system()) == 0
    break_it(stage)
    assert maintenance.evaluate(subject=of_wave(stage.wave), by=system()) == 1
    assert Revalidation.objects.count() == 1


# Pages


def test_a_page_costs_the_same_however_much_there_is(stage: Stage, gate: Gate) -> None:
    stage.polled(gate)
    few = count(lambda: gate_page(gate, stage.bo))
    for number in range(6):
        stage.risk(title=f"Risk {number}")
        stage.gate(["consent", "access", "ingestion", "validation", "exit", "rollback"][number])
        actions.seal(gate=gate, by=stage.sam)
        stage.report("login-success", age=number * HOUR, numerator=9_950 + number, denominator=10_000)
        actions.withdraw(package=gate.packages.order_by("-turn")[0], reason="Again.", by=stage.sam) if stage.standing(
            gate
        ).live else None
    stage.polled(gate)
    many = count(lambda: gate_page(gate, stage.bo))
    # Other gates may look at measures of Concord's own that this one does not: each is read once, however much there is.
    assert many <= few + 5, (few, many)


def test_first_lines(stage: Stage, gate: Gate) -> None:
    page = gate_page(gate, stage.bo)
    assert (page.blocks, page.who) == ((), "A migration steward must seal the decision package.")
    stage.run("run-2", lines=[stage.critical(5000), *making.merge_lines(6000, 100)], age=NOW)
    page = gate_page(gate, stage.bo)
    assert page.blocks == ("Unresolved critical cases: 1. Required: 0.",)
    assert page.who == "Identity reviewers."
    lane = next(
        lane
        for one in lanes(stage.bo, [of_wave(stage.wave)])
        for lane in one.lanes
        if lane.gate and lane.gate.pk == gate.pk
    )
    assert (lane.state, lane.blocks) == (GateState.COLLECTING, page.blocks)


def count(call: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as captured:
        call()
    return len(captured)


def critical() -> Any:
    from triage.cases.models import Case
    from triage.queues.models import Severity

    return Case.objects.get(severity=Severity.CRITICAL)


def permissions_of(user: User) -> None:
    from console.people import permissions

    permissions.forget(user)


def system() -> User:
    return User.objects.get(kind="system")


def after() -> Any:
    from tests.gates.stage import after_scope

    return after_scope()


def actions_how(criterion: Any) -> Any:
    from governance.gates.templates import How

    last = criterion.versions.order_by("-version")[0]
    return How(**{field.name: getattr(last, field.name) for field in dataclasses.fields(How)})


def evaluated(stage: Stage, gate: Gate, code: str) -> Any:
    return next(held.evaluated for held in stage.standing(gate).snapshot.criteria if held.criterion.code == code)


def test_what_was_rolled_back_may_be_asked_again_and_carries_nothing(stage: Stage, gate: Gate) -> None:
    package, _ = stage.gone(gate)
    assert actions.begin(package=package, seen=package.digest, by=stage.omar).passed
    with pytest.raises(Stale):
        actions.seal(gate=gate, by=stage.sam)
    later = stage.gate("exit")
    assert evaluated(stage, later, "after-cutover").permits
    trigger = stage.plan.triggers.get()  # type: ignore[union-attr]
    with time_machine.travel(stage.plan.window_start + HOUR, tick=False):  # type: ignore[union-attr]
        alarm = rollback.call_alarm(trigger=trigger, why="Charts are empty.", by=stage.omar)
        rollback.answer_alarm(alarm=alarm, answer="roll_back", reason="They are.", by=stage.bo)
        assert not evaluated(stage, later, "after-cutover").permits
        assert actions.seal(gate=gate, by=stage.sam).turn == 2


def test_the_book_does_not_tell_a_ballot_before_the_poll_is_counted(stage: Stage) -> None:
    gate = stage.cutover()
    package = actions.seal(gate=gate, by=stage.sam)
    before = LogEntry.objects.order_by("-id").values_list("id", flat=True)[0]
    asked = Asked("The wards are told.", stage.omar, timezone.now() + DAY)
    stage.vote(package, stage.bo, "go-with-conditions", conditions=[asked])
    stage.vote(package, stage.mira, "no-go")
    bo, mira = (
        [
            (entry.verb, sorted(entry.facts))
            for entry in LogEntry.objects.filter(id__gt=before, actor=person).order_by("id")
        ]
        for person in (stage.bo, stage.mira)
    )
    assert bo == mira
    assert bo
    said = " ".join(str(entry.facts) for entry in LogEntry.objects.filter(id__gt=before))
    assert not any(choice in said.lower() for choice in ("no-go", "conditions", "wards"))
