"""What counts, when it fires, who decides: the boundaries, without a database."""

from __future__ import annotations

import datetime as dt
from dataclasses import fields, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from console.people.models import User, UserKind
from governance.measures.comparison import Comparison
from governance.measures.readings import Point
from governance.rollback import rules
from governance.rollback import values as plan_values
from governance.rollback.models import Alarm, Rehearsal, RehearsalKind, RollbackPlan
from governance.rollback.values import PlanDraft, TriggerDraft

NOW = dt.datetime(2026, 11, 21, 12, 0, tzinfo=dt.UTC)
DIGEST = "d" * 64


def _someone(pk: int, name: str, **more: Any) -> User:
    return User(pk=pk, username=name, name=name.title(), **more)


AUTHORITY, DEPUTY, ADA = _someone(1, "authority"), _someone(2, "deputy"), _someone(3, "ada")


def _rehearsal(**changes: Any) -> Rehearsal:
    said = {
        "digest": DIGEST,
        "kind": RehearsalKind.DRESS,
        "started_at": NOW - dt.timedelta(hours=8),
        "finished_at": NOW - dt.timedelta(hours=1),
        "rollback_minutes": 90,
        "records": 1000,
        "production_records": 1000,
        "succeeded": True,
    }
    return Rehearsal(**{**said, **changes})


def _why(**changes: Any) -> tuple[str, ...]:
    return rules.why_not(_rehearsal(**changes), digest=DIGEST, rto=120, now=NOW)


@pytest.mark.parametrize(
    ("changes", "counts"),
    [
        ({}, True),
        ({"finished_at": NOW - dt.timedelta(days=29)}, True),
        ({"finished_at": NOW - dt.timedelta(days=30)}, True),
        ({"finished_at": NOW - dt.timedelta(days=30, microseconds=1)}, False),
        ({"finished_at": NOW - dt.timedelta(days=31)}, False),
        ({"records": 900}, True),
        ({"records": 899}, False),
        ({"records": 8_999_999_999, "production_records": 9_999_999_999}, False),
        ({"records": 1200}, True),
        ({"rollback_minutes": 120}, True),
        ({"rollback_minutes": 121}, False),
        ({"kind": RehearsalKind.MOCK}, True),
        ({"kind": RehearsalKind.DRY_RUN}, True),
        ({"kind": RehearsalKind.TABLETOP}, False),
        ({"succeeded": False}, False),
        ({"digest": "e" * 64}, False),
        ({"digest": ""}, False),
    ],
)
def test_which_rehearsal_counts(changes: dict[str, Any], counts: bool) -> None:
    why = _why(**changes)
    assert (not why) is counts
    assert len(why) <= 1, "one fault, one reason"


def test_every_reason_is_said_and_no_share_is_rounded_up() -> None:
    why = _why(digest="e" * 64, succeeded=False, records=89_999, production_records=100_000, rollback_minutes=121)
    assert len(why) == 4
    assert "89.9%" in " ".join(why)
    assert not rules.why_not(_rehearsal(), digest=DIGEST, rto=90, now=NOW)
    assert rules.why_not(_rehearsal(digest=""), digest="", rto=90, now=NOW), "no plan, nothing rehearsed"


def test_the_point_of_no_return_believes_the_slowest() -> None:
    plan = RollbackPlan(window_end=NOW, margin=30)
    assert rules.point_of_no_return(plan, [60, 90, 75]) == NOW - dt.timedelta(minutes=120)
    assert rules.point_of_no_return(plan, []) is None


@pytest.mark.parametrize(
    ("operator", "below", "at", "above"),
    [("ge", False, True, True), ("gt", False, False, True), ("le", True, True, False), ("lt", True, False, False)],
)
def test_a_bound_is_compared_exactly(operator: str, below: bool, at: bool, above: bool) -> None:
    bound = Fraction(2, 100)
    values = (Fraction(1999, 100_000), Fraction(2, 100), Fraction(2001, 100_000))
    assert tuple(Comparison(operator).holds(value, bound) for value in values) == (below, at, above)


def _points(*values: int, step: int = 60) -> list[Point]:
    count = len(values)
    return [
        Point(NOW - dt.timedelta(seconds=step * (count - place)), Fraction(value)) for place, value in enumerate(values)
    ]


def test_readings_in_a_row_end_at_a_good_one_and_at_a_gap() -> None:
    gap, limit = dt.timedelta(seconds=90), Fraction(5)
    assert rules.in_a_row(_points(9, 1, 9, 9), Comparison.GE, limit, gap=gap) == 2
    assert rules.in_a_row(_points(9, 9, 9), Comparison.GE, limit, gap=gap) == 3
    assert rules.in_a_row(_points(9, 9, 1), Comparison.GE, limit, gap=gap) == 0
    assert rules.in_a_row(_points(9, 9, 9, step=91), Comparison.GE, limit, gap=gap) == 1, (
        "silence between them breaks the row"
    )
    assert rules.in_a_row([], Comparison.GE, limit, gap=gap) == 0


def _asked() -> tuple[RollbackPlan, Alarm]:
    plan = RollbackPlan(authority=AUTHORITY, deputy=DEPUTY)
    return plan, Alarm(at=NOW, decide_by=NOW + dt.timedelta(minutes=15), answer="")


@pytest.mark.parametrize(
    ("person", "minutes", "allowed"),
    [
        (AUTHORITY, 0, True),
        (AUTHORITY, 600, True),
        (DEPUTY, 0, False),
        (DEPUTY, 14, False),
        (DEPUTY, 15, True),
        (ADA, 0, False),
        (ADA, 600, False),
    ],
)
def test_who_may_answer_and_from_when(person: User, minutes: int, allowed: bool) -> None:
    plan, alarm = _asked()
    answer = rules.may_answer(person, plan, alarm, NOW + dt.timedelta(minutes=minutes))
    assert bool(answer) is allowed


def test_an_answer_is_given_once() -> None:
    plan, alarm = _asked()
    alarm.answer, alarm.answered_by = "go_on", DEPUTY
    answer = rules.may_answer(AUTHORITY, plan, alarm, NOW)
    assert not answer
    assert "Deputy has already decided: go on." in answer.reason


def test_only_while_the_window_is_open() -> None:
    plan = RollbackPlan(window_start=NOW, window_end=NOW + dt.timedelta(hours=8))
    second = dt.timedelta(seconds=1)
    assert not rules.watched(plan, NOW - second)
    assert rules.watched(plan, NOW)
    assert rules.watched(plan, plan.window_end)
    assert not rules.watched(plan, plan.window_end + second)
    assert not rules.may_call(plan, None, NOW - second)
    assert rules.may_call(plan, None, NOW)
    assert not rules.may_call(plan, Alarm(), NOW)
    assert not rules.may_call(plan, None, plan.window_end + second)


def _draft(**changes: Any) -> PlanDraft:
    said: dict[str, Any] = {
        "authority": AUTHORITY,
        "deputy": DEPUTY,
        "decide_within": 15,
        "window_start": NOW,
        "window_end": NOW + dt.timedelta(hours=8),
        "margin": 30,
        "rto": 120,
        "rpo": 15,
        "mtd": 240,
        "transport": "Interfaces.",
        "data_scope": "replayable",
        "data": "Replayed.",
        "steps": "Steps.",
        "triggers": (TriggerDraft("slow", "Slow", "chart-open-p95", "", "ge", Decimal(5), 3),),
        "runbook_title": "Runbook 4",
        "runbook_digest": "a" * 64,
    }
    return PlanDraft(**{**said, **changes})


#: Another value for each thing that a plan or a trigger says.
OTHER: dict[str, Any] = {
    "authority": ADA,
    "deputy": ADA,
    "decide_within": 16,
    "window_start": NOW + dt.timedelta(minutes=1),
    "window_end": NOW + dt.timedelta(hours=9),
    "margin": 31,
    "rto": 121,
    "rpo": 16,
    "mtd": 241,
    "transport": "Interfaces and sign-ins.",
    "data_scope": "manual",
    "data": "Typed.",
    "steps": "More steps.",
    "triggers": (),
    "runbook_title": "Runbook 5",
    "runbook_digest": "b" * 64,
}
OTHER_TRIGGER: dict[str, Any] = {
    "code": "slower",
    "title": "Slower",
    "measure": "order-errors",
    "dimension": "ward",
    "operator": "gt",
    "threshold": Decimal("5.000001"),
    "consecutive": 2,
}


def test_the_digest_changes_with_everything_that_a_plan_says() -> None:
    before = plan_values.digest("wave-1", _draft())
    assert set(OTHER) == {field.name for field in fields(PlanDraft)}, "a new field needs another value here"
    seen = {before, plan_values.digest("wave-2", _draft())}
    for name, value in OTHER.items():
        seen.add(plan_values.digest("wave-1", _draft(**{name: value})))
    assert set(OTHER_TRIGGER) == {field.name for field in fields(TriggerDraft)}
    for name, value in OTHER_TRIGGER.items():
        changed = replace(_draft().triggers[0], **{name: value})
        seen.add(plan_values.digest("wave-1", _draft(triggers=(changed,))))
    assert len(seen) == 2 + len(OTHER) + len(OTHER_TRIGGER)


def test_the_digest_does_not_change_with_spelling() -> None:
    zone = dt.timezone(dt.timedelta(hours=3))
    trigger = _draft().triggers[0]
    other = TriggerDraft("call", "Call")
    same = _draft(
        steps="  Steps.\r\n",
        window_start=NOW.astimezone(zone),
        triggers=(replace(trigger, threshold=Decimal("5.000000")), other),
        authority=_someone(1, "renamed"),
    )
    assert plan_values.digest("wave-1", same) == plan_values.digest("wave-1", _draft(triggers=(other, trigger)))


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"deputy": AUTHORITY}, "different person"),
        ({"decide_within": 0}, "at least 1"),
        ({"rto": 0}, "at least 1"),
        ({"margin": -1}, "0 to 86,400"),
        ({"window_end": NOW}, "ends before"),
        ({"rto": 241}, "RTO"),
        ({"window_end": NOW + dt.timedelta(minutes=150)}, "too short"),
        ({"steps": " "}, "steps"),
        ({"runbook_digest": ""}, "both"),
        ({"runbook_digest": "A" * 64}, "SHA-256"),
        ({"triggers": ()}, "Add 1 to"),
        ({"triggers": (TriggerDraft("a", "A"), TriggerDraft("a", "B"))}, "same name"),
        ({"triggers": (TriggerDraft("a", "A", "order-errors"),)}, "beyond which"),
        ({"triggers": (TriggerDraft("a", "A", "order-errors", "", "ge", Decimal("NaN")),)}, "beyond which"),
    ],
)
def test_a_plan_that_does_not_hold_together_is_refused(changes: dict[str, Any], word: str) -> None:
    assert rules.may_write(_draft())
    answer = rules.may_write(_draft(**changes))
    assert not answer
    assert word in answer.reason


def test_who_may_be_named() -> None:
    assert rules.may_decide(AUTHORITY, sees=True)
    assert not rules.may_decide(AUTHORITY, sees=False)
    assert not rules.may_decide(_someone(4, "gone", is_active=False), sees=True)
    assert not rules.may_decide(_someone(5, "robot", kind=UserKind.SERVICE), sees=True)
