"""The pages of rollback: everyone who sees the wave reads them, few write, one decides."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from console.people.models import User
from console.people.queries import system
from console.waves.models import Wave
from console.web.view_helpers import fragment
from governance.measures.models import Sample
from governance.rollback import actions, queries
from governance.rollback.models import Alarm, RollbackPlan
from tests.rollback import making

pytestmark = pytest.mark.django_db


def _get(client: Client, user: User, address: str, status: int = 200) -> str:
    client.force_login(user)
    answer = client.get(address)
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode()


def _alarm(plan: RollbackPlan, by: User) -> Alarm:
    return actions.call_alarm(trigger=plan.triggers.get(code="clinical-call"), why="Wrong ward.", by=by)


def test_without_a_plan_the_page_says_what_is_missing_and_who_writes_it(
    client: Client, wave: Wave, stella: User, bo: User
) -> None:
    address = f"/waves/{wave.slug}/rollback/"
    assert f"{address}write/" in _get(client, stella, address)
    assert "A migration steward or operator writes it." in _get(client, bo, address)
    assert "There is no rollback plan." in _get(client, bo, fragment("rollback:wave", wave.slug))


def test_the_page_tells_the_plan_in_order(
    client: Client, plan: RollbackPlan, wave: Wave, bo: User, stella: User
) -> None:
    page = _get(client, bo, f"/waves/{wave.slug}/rollback/")
    assert "Point of no return unknown." in page
    assert "Never rehearsed" in page
    assert "No data" in page, "a measure that is never reported is shown"
    assert "Write a new version" not in page
    making.rehearsal(plan, by=stella)
    making.rehearsal(plan, by=stella, rollback_minutes=121, records=800)
    page = _get(client, stella, f"/waves/{wave.slug}/rollback/")
    assert "A rollback is safe until" in page
    assert "rollback took 121 min (RTO: 120 min)" in page
    assert "80.0% of production volume" in page
    assert "Started before this version was saved" in page
    assert "Write a new version" in page
    assert "Rehearsed. A rollback is safe until" in _get(client, bo, fragment("rollback:wave", wave.slug))


def test_a_window_that_is_over_and_a_point_that_has_passed(
    client: Client, wave: Wave, bo: User, cora: User, stella: User
) -> None:
    now = timezone.now()
    plan = making.plan(wave, bo, cora, by=stella, window_start=now - dt.timedelta(hours=9), window_end=now)
    making.rehearsal(plan, by=stella)
    page = _get(client, bo, f"/waves/{wave.slug}/rollback/")
    assert "The point of no return has passed" in page
    assert "Window closed: monitoring stopped" in page
    page = _get(client, bo, f"/waves/{wave.slug}/rollback/triggers/clinical-call/call/")
    assert "fix forward" in page


def _plan_form(bo: User, cora: User, **changes: Any) -> dict[str, Any]:
    return {
        "seen": 0,
        "authority": bo.pk,
        "deputy": cora.pk,
        "decide_within": 15,
        "window_start": "2026-12-01T22:00",
        "window_end": "2026-12-02T06:00",
        "margin": 30,
        "rto": 120,
        "rpo": 15,
        "mtd": 240,
        "steps": "Activate.",
        "transport": "Interfaces.",
        "data_scope": "manual",
        "writes": "Typed again.",
        "reason": "First.",
        "triggers-TOTAL_FORMS": 3,
        "triggers-INITIAL_FORMS": 0,
        "triggers-0-title": "Orders are lost",
        "triggers-0-measure": "order-errors",
        "triggers-0-operator": "ge",
        "triggers-0-threshold": "0.02",
        "triggers-0-consecutive": 2,
        "triggers-1-title": "A clinician calls it",
        "triggers-1-consecutive": 1,
        "triggers-2-consecutive": 1,
        **changes,
    }


def test_a_plan_is_written_and_written_again_without_a_script(
    client: Client, wave: Wave, bo: User, cora: User, stella: User
) -> None:
    stella.time_zone = "Africa/Kampala"
    stella.save()
    address = f"/waves/{wave.slug}/rollback/write/"
    _get(client, stella, address)
    answer = client.post(address, _plan_form(bo, cora))
    assert answer.status_code == 302, answer.content.decode()
    plan = queries.live_plan(wave)
    assert plan is not None
    assert plan.window_start == dt.datetime(2026, 12, 1, 19, 0, tzinfo=dt.UTC), "times are the writer's own"
    assert [row.code for row in plan.triggers.all()] == ["orders-are-lost", "a-clinician-calls-it"]
    page = _get(client, stella, address)
    assert 'value="2026-12-01T22:00"' in page
    assert 'value="0.02"' in page
    changed = _plan_form(
        bo, cora, seen=1, rto=100,
        **{
            "triggers-INITIAL_FORMS": 2, "triggers-0-code": "orders-are-lost", "triggers-0-title": "Orders get lost",
            "triggers-1-code": "a-clinician-calls-it", "triggers-1-DELETE": "on",
        },
    )  # fmt: skip
    assert client.post(address, changed).status_code == 302
    second = queries.live_plan(wave)
    assert second is not None
    assert [(row.code, row.title) for row in second.triggers.all()] == [("orders-are-lost", "Orders get lost")]
    page = _get(client, bo, f"/waves/{wave.slug}/rollback/versions/1/")
    assert "at or above 2%, in 2 readings in a row" in page
    assert "version 2" in page
    _get(client, bo, f"/waves/{wave.slug}/rollback/versions/9/", 404)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"window_end": "2026-12-01T21:00"}, "The window ends before it begins."),
        ({"triggers-0-threshold": ""}, "Enter a threshold for the measure."),
        ({"triggers-0-measure": ""}, "Choose a measure, or clear the threshold"),
        ({"triggers-0-title": "", "triggers-0-measure": "", "triggers-0-operator": "", "triggers-0-threshold": "",
          "triggers-0-consecutive": 1, "triggers-1-title": ""}, "Add 1 to 20 triggers"),
        ({"decide_within": 0}, "greater than or equal to 1"),
    ],
)  # fmt: skip
def test_a_form_says_what_is_wrong_and_keeps_what_was_typed(
    client: Client, wave: Wave, bo: User, cora: User, stella: User, changes: dict[str, Any], said: str
) -> None:
    client.force_login(stella)
    answer = client.post(f"/waves/{wave.slug}/rollback/write/", _plan_form(bo, cora, **changes))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert "Typed again." in answer.content.decode()
    assert queries.live_plan(wave) is None


def test_a_plan_that_has_changed_meanwhile_is_not_overwritten_and_nothing_typed_is_lost(
    client: Client, plan: RollbackPlan, wave: Wave, bo: User, cora: User, stella: User
) -> None:
    client.force_login(stella)
    address = f"/waves/{wave.slug}/rollback/write/"
    answer = client.post(address, _plan_form(bo, cora, seen=0))
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "The rollback plan has changed since you opened it." in html
    assert "Typed again." in html
    assert '<input type="hidden" name="seen" value="1"' in html, "sent again, it is written on what is shown now"
    assert queries.live_plan(wave) == plan
    assert client.post(address, _plan_form(bo, cora, seen=1)).status_code == 302


def test_a_rehearsal_is_recorded(client: Client, plan: RollbackPlan, wave: Wave, stella: User) -> None:
    address = f"/waves/{wave.slug}/rollback/rehearsals/record/"
    assert "Plan version 1." in _get(client, stella, address)
    now = timezone.now()
    said = {
        "kind": "dress",
        "started_at": f"{now - dt.timedelta(hours=6):%Y-%m-%dT%H:%M}",
        "finished_at": f"{now - dt.timedelta(hours=1):%Y-%m-%dT%H:%M}",
        "planned_minutes": 80,
        "rollback_minutes": 90,
        "records": 1000,
        "production_records": 1000,
        "succeeded": "yes",
        "report": "Well.",
        "version": 1,
    }
    assert client.post(address, {**said, "rollback_minutes": 999}).status_code == 422
    assert client.post(address, said).status_code == 302
    assert making.qualifying(wave, timezone.now()) is not None


def test_an_alarm_is_called_and_answered_on_its_page(
    client: Client, plan: RollbackPlan, wave: Wave, omar: User, bo: User, cora: User
) -> None:
    call = f"/waves/{wave.slug}/rollback/triggers/clinical-call/call/"
    _get(client, omar, call)
    answer = client.post(call, {"why": "Orders go to the wrong ward."})
    alarm = Alarm.objects.get()
    address = f"/waves/{wave.slug}/rollback/alarms/{alarm.pk}/"
    assert answer["Location"] == address
    assert "can decide" in _get(client, omar, address)
    assert "You can decide after that" in _get(client, cora, address)
    assert "Orders go to the wrong ward." in _get(client, bo, f"/waves/{wave.slug}/rollback/live/")
    assert "Sign decision" in _get(client, bo, address)
    assert client.post(address, {"answer": "roll_back", "reason": ""}).status_code == 422
    assert client.post(address, {"answer": "roll_back", "reason": "Orders are lost."}).status_code == 302
    page = _get(client, cora, address)
    assert "Orders are lost." in page
    assert "Roll back" in _get(client, cora, f"/waves/{wave.slug}/rollback/")
    client.force_login(omar)
    assert client.post(address, {"answer": "go_on", "reason": "No."}).status_code == 403


def test_an_alarm_that_no_one_answered_says_so(
    client: Client, plan: RollbackPlan, wave: Wave, omar: User, bo: User
) -> None:
    alarm = _alarm(plan, omar)
    Alarm.objects.filter(pk=alarm.pk).update(decide_by=timezone.now() - dt.timedelta(minutes=1))
    for address in (f"/waves/{wave.slug}/rollback/", f"/waves/{wave.slug}/rollback/alarms/{alarm.pk}/"):
        assert "Decision overdue." in _get(client, bo, address)
    assert "Alarm: A clinician calls it" in _get(client, bo, fragment("rollback:wave", wave.slug))


def test_what_fires_is_shown_with_its_value(client: Client, plan: RollbackPlan, wave: Wave, bo: User) -> None:
    now = timezone.now()
    Sample.objects.create(
        measure="interface-backlog", wave=wave, value=250, as_of=now, received_at=now, source="api:test"
    )
    actions.sweep(by=system())
    page = _get(client, bo, f"/waves/{wave.slug}/rollback/live/")
    assert "Triggered" in page
    assert "250" in page
    assert "Decide now" in page


@pytest.mark.parametrize("part", ["", "live/", "summary/", "write/", "rehearsals/record/", "versions/1/"])
def test_who_does_not_see_the_wave_sees_nothing_of_its_plan(
    client: Client, plan: RollbackPlan, wave: Wave, ana: User, ada: User, part: str
) -> None:
    for person in (ana, ada):
        _get(client, person, f"/waves/{wave.slug}/rollback/{part}", 404)


@pytest.mark.parametrize("part", ["write/", "rehearsals/record/"])
def test_who_may_only_look_does_not_write(client: Client, plan: RollbackPlan, wave: Wave, bo: User, part: str) -> None:
    _get(client, bo, f"/waves/{wave.slug}/rollback/{part}", 403)


def test_the_number_of_queries_does_not_grow(
    client: Client, plan: RollbackPlan, wave: Wave, bo: User, stella: User, omar: User
) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as asked:
            _get(client, bo, f"/waves/{wave.slug}/rollback/")
        return len(asked)

    making.rehearsal(plan, by=stella)
    actions.answer_alarm(alarm=_alarm(plan, omar), answer="go_on", reason="Known.", by=bo)
    count()
    before = count()
    for _ in range(3):
        making.rehearsal(plan, by=stella)
        actions.answer_alarm(alarm=_alarm(plan, omar), answer="go_on", reason="Known.", by=bo)
    assert count() == before
