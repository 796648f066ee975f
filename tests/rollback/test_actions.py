"""Plans, rehearsals and alarms: what is written, who is told, what never happens on its own."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import transaction
from django.db.utils import DatabaseError
from django.utils import timezone

from console import fact_changes
from console.audit.models import LogEntry
from console.errors import Denied, Invalid, Stale
from console.notices.models import Notice
from console.people.models import User
from console.people.queries import system
from console.waves.models import Wave
from governance.measures import queries as measures
from governance.measures.models import Sample
from governance.rollback import actions, queries, rehearsed, values, watch
from governance.rollback.models import Alarm, RehearsalKind, RollbackPlan
from tests import listening
from tests.rollback import making

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


def _report(wave: Wave, value: int | None, *, at: dt.datetime, missing: str = "") -> None:
    Sample.objects.create(
        measure="interface-backlog",
        wave=wave,
        value=value,
        as_of=at,
        received_at=at,
        source="api:test",
        missing=missing,
    )


# Plans


def test_a_version_holds_its_digest_and_the_next_one_another(
    plan: RollbackPlan, wave: Wave, bo: User, cora: User, stella: User
) -> None:
    assert queries.live_plan(wave).digest == plan.digest == values.digest(wave.slug, making.draft_of(plan))
    second = making.plan(wave, bo, cora, by=stella, rto=121)
    assert (second.version, queries.live_plan(wave)) == (2, second)
    assert second.digest != plan.digest
    with pytest.raises(Invalid, match="No changes to save"):
        actions.write_plan(wave=wave, draft=making.draft_of(second), reason="Again.", by=stella)


def test_what_was_written_cannot_be_changed(plan: RollbackPlan) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        RollbackPlan.objects.filter(pk=plan.pk).update(rto=999)


def test_who_may_write_and_who_may_be_named(
    wave: Wave, bo: User, cora: User, ada: User, ana: User, stella: User
) -> None:
    for person in (ada, bo, ana):
        with pytest.raises(Denied):
            making.plan(wave, bo, cora, by=person)
    with pytest.raises(Invalid, match="access to this wave"):
        making.plan(wave, ada, cora, by=stella)
    cora.is_active = False
    with pytest.raises(Invalid, match="active account"):
        making.plan(wave, bo, cora, by=stella)


def test_a_measure_that_no_one_knows_is_refused(wave: Wave, bo: User, cora: User, stella: User) -> None:
    with pytest.raises(Invalid, match="no measure called no-such"):
        making.plan(wave, bo, cora, by=stella, triggers=(replace(making.BACKLOG, measure="no-such"),))


def test_two_writers_do_not_overwrite_each_other(
    plan: RollbackPlan, wave: Wave, bo: User, cora: User, stella: User
) -> None:
    mine = replace(making.draft_of(plan), rto=100)
    with pytest.raises(Stale):
        actions.write_plan(wave=wave, draft=mine, reason="Mine.", seen=0, by=stella)
    assert actions.write_plan(wave=wave, draft=mine, reason="Mine.", seen=1, by=stella).version == 2


def test_those_who_are_named_hear_of_it_and_so_do_promises(
    wave: Wave, bo: User, cora: User, stella: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[fact_changes.Change] = []
    listening.only(monkeypatch, heard.append)
    plan = making.plan(wave, bo, cora, by=stella)
    assert [(change.cause, change.waves) for change in heard] == [("rollback_plan_written", (wave.pk,))]
    assert set(Notice.objects.values_list("to__username", "kind")) == {
        ("bo", "rollback.named"),
        ("cora", "rollback.named"),
    }
    making.rehearsal(plan, by=stella)
    assert [change.cause for change in heard] == ["rollback_plan_written", "rollback_rehearsed"]


# Rehearsals


def test_a_rehearsal_counts_for_the_plan_that_was_rehearsed_only(
    plan: RollbackPlan, wave: Wave, bo: User, cora: User, stella: User
) -> None:
    now = timezone.now()
    assert making.qualifying(wave, now) is None
    row = making.rehearsal(plan, by=stella)
    assert making.qualifying(wave, now) == row
    assert queries.point_of_no_return(wave, now) == plan.window_end - dt.timedelta(minutes=90 + 30)
    making.rehearsal(plan, by=stella, rollback_minutes=110)
    making.rehearsal(plan, by=stella, rollback_minutes=119, succeeded=False)
    assert queries.point_of_no_return(wave, now) == plan.window_end - dt.timedelta(minutes=110 + 30)
    assert making.qualifying(wave, now + dt.timedelta(days=31)) is None, "time alone takes it away"
    making.plan(wave, bo, cora, by=stella, rto=119)
    assert making.qualifying(wave, now) is None
    assert queries.point_of_no_return(wave, now) is None


def test_the_measure_says_when_and_never_invents_a_time(plan: RollbackPlan, wave: Wave, stella: User) -> None:
    def read() -> object:
        return measures.read(rehearsed.CODE, wave)

    assert measures.read(rehearsed.CODE, wave).missing == "The rollback has never been rehearsed."
    making.rehearsal(plan, by=stella, records=899)
    reading = measures.read(rehearsed.CODE, wave)
    assert reading.value is None
    assert "89.9%" in reading.missing
    row = making.rehearsal(plan, by=stella)
    assert measures.read(rehearsed.CODE, wave).as_of == row.finished_at
    assert measures.read(rehearsed.CODE, None).value is None


def test_a_rehearsal_that_cannot_be_true_is_refused(plan: RollbackPlan, stella: User, bo: User) -> None:
    later = timezone.now() + dt.timedelta(hours=1)
    for wrong in (
        {"finished_at": later},
        {"rollback_minutes": 362},
        {"production_records": 0},
        {"report": " "},
    ):
        with pytest.raises(Invalid):
            making.rehearsal(plan, by=stella, **wrong)
    with pytest.raises(Denied):
        making.rehearsal(plan, by=bo)


# Alarms


def test_an_alarm_is_raised_once_while_open_and_asks_two_people(plan: RollbackPlan, wave: Wave) -> None:
    now, concord = timezone.now(), system()
    _report(wave, 99, at=now)
    assert actions.sweep(by=concord, now=now) == 0
    _report(wave, 100, at=now + MINUTE)
    assert actions.sweep(by=concord, now=now + MINUTE) == 1
    for later in range(2, 5):
        _report(wave, 100 + later, at=now + later * MINUTE)
        assert actions.sweep(by=concord, now=now + later * MINUTE) == 0
    alarm = Alarm.objects.get()
    assert alarm.decide_by == alarm.at + 15 * MINUTE
    assert "100" in alarm.observed
    told = Notice.objects.filter(kind="rollback.alarm")
    assert set(told.values_list("to__username", "urgent")) == {("bo", True), ("cora", True)}
    assert told.first().path == f"/waves/{wave.slug}/rollback/alarms/{alarm.pk}/"  # type: ignore[union-attr]
    assert LogEntry.objects.filter(verb="rollback.alarmed").count() == 1


def test_after_an_answer_it_alarms_again_only_when_it_had_been_well(plan: RollbackPlan, wave: Wave, bo: User) -> None:
    now, concord = timezone.now(), system()
    _report(wave, 200, at=now)
    actions.sweep(by=concord, now=now)
    actions.answer_alarm(alarm=Alarm.objects.get(), answer="go_on", reason="A known burst.", by=bo)
    _report(wave, 300, at=now + MINUTE)
    assert actions.sweep(by=concord, now=now + MINUTE) == 0, "still the same trouble"
    _report(wave, 5, at=now + 2 * MINUTE)
    assert actions.sweep(by=concord, now=now + 2 * MINUTE) == 0
    assert Alarm.objects.get().cleared_at == now + 2 * MINUTE
    _report(wave, 200, at=now + 3 * MINUTE)
    assert actions.sweep(by=concord, now=now + 3 * MINUTE) == 1


def test_a_silent_measure_is_blind_and_neither_alarms_nor_clears(plan: RollbackPlan, wave: Wave, bo: User) -> None:
    now, concord = timezone.now(), system()
    blind = watch.look(plan, now)[1]
    assert blind.state is watch.State.BLIND
    assert actions.sweep(by=concord, now=now) == 0
    _report(wave, 500, at=now - dt.timedelta(days=3))
    assert watch.look(plan, now)[1].state is watch.State.BLIND, "an old value is none"
    assert actions.sweep(by=concord, now=now) == 0
    _report(wave, 500, at=now)
    actions.sweep(by=concord, now=now)
    actions.answer_alarm(alarm=Alarm.objects.get(), answer="go_on", reason="Known.", by=bo)
    later = now + dt.timedelta(hours=3)
    _report(wave, None, at=later, missing="The monitor is down.")
    assert actions.sweep(by=concord, now=later) == 0
    assert Alarm.objects.get().cleared_at is None


def test_so_many_readings_in_a_row(wave: Wave, bo: User, cora: User, stella: User) -> None:
    plan = making.plan(wave, bo, cora, by=stella, triggers=(replace(making.BACKLOG, consecutive=3),))
    now, concord = timezone.now(), system()
    raised = []
    for number, value in enumerate((500, 500, 1, 500, 500, 500)):
        at = now + number * MINUTE
        _report(wave, value, at=at)
        raised.append(actions.sweep(by=concord, now=at))
    assert raised == [0, 0, 0, 0, 0, 1]
    assert "3 in a row" in Alarm.objects.get().observed
    assert plan.triggers.get().consecutive == 3


def test_nothing_is_watched_outside_of_the_window(plan: RollbackPlan, wave: Wave) -> None:
    for at in (plan.window_start - MINUTE, plan.window_end + MINUTE):
        _report(wave, 500, at=at)
        assert actions.sweep(by=system(), now=at) == 0


def test_a_person_calls_and_no_one_calls_twice(plan: RollbackPlan, wave: Wave, omar: User, ana: User) -> None:
    trigger = plan.triggers.get(code="clinical-call")
    with pytest.raises(Denied):
        actions.call_alarm(trigger=trigger, why="Nothing.", by=ana)
    with pytest.raises(Invalid):
        actions.call_alarm(trigger=trigger, why="  ", by=omar)
    actions.call_alarm(trigger=trigger, why="Orders go to the wrong ward.", by=omar)
    with pytest.raises(Denied, match="already open"):
        actions.call_alarm(trigger=trigger, why="Again.", by=omar)
    assert Notice.objects.filter(kind="rollback.alarm", sentence__contains="wrong ward").count() == 2


def test_a_call_on_a_plan_that_was_replaced_is_stale(
    plan: RollbackPlan, wave: Wave, bo: User, cora: User, stella: User
) -> None:
    making.plan(wave, bo, cora, by=stella, rto=100)
    with pytest.raises(Stale):
        actions.call_alarm(trigger=plan.triggers.get(code="clinical-call"), why="Look.", by=stella)


def test_an_open_alarm_of_an_older_version_is_not_raised_again(
    plan: RollbackPlan, wave: Wave, bo: User, cora: User, stella: User
) -> None:
    now = timezone.now()
    _report(wave, 500, at=now)
    actions.sweep(by=system(), now=now)
    making.plan(wave, bo, cora, by=stella, rto=100)
    assert actions.sweep(by=system(), now=timezone.now()) == 0
    assert Alarm.objects.count() == 1


def test_who_answers_and_from_when(
    plan: RollbackPlan, bo: User, cora: User, ada: User, stella: User, omar: User
) -> None:
    alarm = actions.call_alarm(trigger=plan.triggers.get(code="clinical-call"), why="Wrong ward.", by=omar)
    for person in (cora, ada, stella, omar, system()):
        with pytest.raises(Denied):
            actions.answer_alarm(alarm=alarm, answer="roll_back", reason="Now.", by=person)
    with pytest.raises(Invalid):
        actions.answer_alarm(alarm=alarm, answer="roll_back", reason=" ", by=bo)
    with pytest.raises(Invalid):
        actions.answer_alarm(alarm=alarm, answer="perhaps", reason="Now.", by=bo)
    done = actions.answer_alarm(alarm=alarm, answer="roll_back", reason="Orders are lost.", by=bo)
    assert (done.answer, done.answered_by) == ("roll_back", bo)
    assert actions.answer_alarm(alarm=alarm, answer="roll_back", reason="Orders are lost.", by=bo).answered_at
    assert LogEntry.objects.filter(verb="rollback.answered").count() == 1
    with pytest.raises(Denied, match="already decided"):
        actions.answer_alarm(alarm=alarm, answer="go_on", reason="No.", by=bo)
    heard = set(Notice.objects.filter(kind="rollback.answered").values_list("to__username", flat=True))
    assert heard == {"cora", "stella", "omar"}
    asked = Notice.objects.filter(kind="rollback.alarm")
    assert asked.count() == 2
    assert not asked.filter(over_at=None).exists(), "no one is reminded of what is answered"


def test_the_deputy_is_asked_once_the_time_is_over(plan: RollbackPlan, cora: User, omar: User) -> None:
    alarm = actions.call_alarm(trigger=plan.triggers.get(code="clinical-call"), why="Wrong ward.", by=omar)
    actions.sweep(by=system(), now=alarm.decide_by - MINUTE)
    assert not Notice.objects.filter(kind="rollback.unanswered").exists()
    for later in (0, 1, 2):
        actions.sweep(by=system(), now=alarm.decide_by + later * MINUTE)
    assert Notice.objects.filter(kind="rollback.unanswered", to=cora).count() == 1
    Alarm.objects.filter(pk=alarm.pk).update(decide_by=timezone.now())
    assert actions.answer_alarm(alarm=alarm, answer="go_on", reason="It is over.", by=cora).answered_by == cora


def test_bounds_of_triggers_are_what_measures_should_keep(plan: RollbackPlan, wave: Wave) -> None:
    from governance.measures import bounds

    asked = bounds.of(wave)["interface-backlog", ""]
    assert (asked.operator, asked.threshold, asked.asked_by) == ("lt", Decimal(100), "the rollback plan")


def test_a_tabletop_never_counts(plan: RollbackPlan, wave: Wave, stella: User) -> None:
    making.rehearsal(plan, by=stella, kind=RehearsalKind.TABLETOP)
    assert making.qualifying(wave, timezone.now()) is None
