"""The periodic sweep: escalation of overdue risks, expired acceptances, detections that fail or have no data."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone

from console import fact_changes
from console.audit.models import LogEntry
from console.errors import Denied
from console.people.models import User, UserKind
from governance.risks import actions
from governance.risks.models import Escalation, Risk
from tests import factories, listening
from tests.risks.making import accept, make_risk, rate, report

HOUR, MINUTE = dt.timedelta(hours=1), dt.timedelta(minutes=1)
BOUND = {"detection_measure": "interface-backlog", "detection_operator": "le", "detection_threshold": Decimal(100)}


def _tend(at: dt.datetime) -> actions.Swept:
    with time_machine.travel(at, tick=False):
        return actions.sweep(by=User.objects.get(kind=UserKind.SYSTEM))


def _told(user: User, kind: str = "risk.overdue") -> int:
    return user.notices.filter(kind=kind).count()


@pytest.mark.parametrize(("severity", "days"), [(1, 90), (2, 30), (3, 14), (4, 7), (None, 7)])
def test_how_soon_a_risk_is_looked_at_again(stella: User, severity: int | None, days: int) -> None:
    with time_machine.travel("2026-03-01T08:00:00Z", tick=False):
        risk = make_risk(stella, severity=severity)
        assert risk.review_on == timezone.now() + dt.timedelta(days=days)
        rate(risk, 1, stella)
        risk.refresh_from_db()
        assert risk.review_on == timezone.now() + dt.timedelta(days=90)


def test_escalation_goes_one_step_a_day(stella: User, bo: User, bea: User) -> None:
    owner = factories.make_user("olga", role="compliance")
    risk = make_risk(stella, owner=owner)
    due = risk.review_on
    assert not _tend(due - MINUTE).anything
    assert _tend(due).escalated == [risk.ref], "At once, so within a minute of beat."
    assert (_told(owner), _told(stella), _told(bo)) == (1, 0, 0)
    assert not _tend(due + 23 * HOUR).anything, "Nothing is said twice."
    assert _tend(due + 24 * HOUR).escalated == [risk.ref]
    assert (_told(owner), _told(stella), _told(bo)) == (1, 1, 0)
    _tend(due + 48 * HOUR)
    assert (_told(owner), _told(stella), _told(bo), _told(bea)) == (1, 1, 1, 1)
    assert not _tend(due + 500 * HOUR).anything, "There is no one above the board."
    assert list(Escalation.objects.order_by("step").values_list("step", flat=True)) == [1, 2, 3]


def test_a_stopped_scheduler_starts_at_the_first_step(stella: User) -> None:
    risk = make_risk(stella)
    _tend(risk.review_on + dt.timedelta(days=30))
    assert Escalation.objects.get().step == 1, "Each step is someone's chance to act: none is skipped."


def test_acknowledging_buys_a_day_and_looking_ends_it(stella: User, bo: User) -> None:
    risk = make_risk(stella)
    due = risk.review_on
    _tend(due)
    with time_machine.travel(due + 23 * HOUR, tick=False):
        actions.acknowledge_escalation(escalation=Escalation.objects.get(), by=stella)
    assert not _tend(due + 24 * HOUR).anything
    assert _tend(due + 47 * HOUR).escalated
    with time_machine.travel(due + 48 * HOUR, tick=False):
        actions.review(risk=risk, note="Still right.", by=stella)
    assert not _tend(due + 100 * HOUR).anything
    assert _tend(Risk.objects.get().review_on).escalated, "The next time it is overdue escalation starts again."
    assert Escalation.objects.last().step == 1  # type: ignore[union-attr]


def test_whom_a_step_was_made_to_acknowledges_it(stella: User, bo: User, eve: User) -> None:
    risk = make_risk(stella, owner=eve)
    due = risk.review_on
    for hours in (0, 24, 48):
        _tend(due + hours * HOUR)
    owner, stewards, board = Escalation.objects.order_by("step")
    with pytest.raises(Denied):
        actions.acknowledge_escalation(escalation=owner, by=bo)
    with pytest.raises(Denied):
        actions.acknowledge_escalation(escalation=stewards, by=eve)
    with pytest.raises(Denied):
        actions.acknowledge_escalation(escalation=board, by=stella)
    actions.acknowledge_escalation(escalation=owner, by=eve)
    actions.acknowledge_escalation(escalation=stewards, by=stella)
    actions.acknowledge_escalation(escalation=board, by=bo)


def test_closed_risks_are_left_alone(stella: User) -> None:
    risk = make_risk(stella)
    actions.close(risk=risk, reason="Over.", by=stella)
    assert not _tend(risk.review_on + HOUR).anything


def test_an_acceptance_that_ended_is_said_once_and_told_to_gates(
    stella: User, bo: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[fact_changes.Change] = []
    listening.only(monkeypatch, heard.append)
    risk = make_risk(stella)
    granted = accept(risk, stella, bo, days=7)
    heard.clear()
    assert not _tend(granted.not_after - MINUTE).anything
    assert _tend(granted.not_after + MINUTE).expired == [risk.ref]
    assert [(one.cause, one.waves, one.about) for one in heard] == [("acceptance_expired", (risk.wave_id,), risk.ref)]
    assert _told(stella, "risk.acceptance_ended") == 1
    assert not _tend(granted.not_after + 2 * MINUTE).anything


def test_a_detection_out_of_its_bound_asks_for_a_rating_once(stella: User) -> None:
    wave = factories.make_wave()
    report("interface-backlog", "50", wave=wave)
    risk = make_risk(stella, wave=wave, **BOUND)
    assert risk.detection_state == "sound"
    now = timezone.now()
    assert not _tend(now + dt.timedelta(seconds=1)).anything
    report("interface-backlog", "500", wave=wave, as_of=now + dt.timedelta(seconds=2))
    assert _tend(now + dt.timedelta(seconds=3)).reassess == [risk.ref]
    risk.refresh_from_db()
    assert "threshold breached" in risk.reassess_because
    assert _told(stella, "risk.reassess") == 1
    with time_machine.travel(now + dt.timedelta(seconds=4), tick=False):
        rate(risk, 4, stella)
    assert not _tend(now + dt.timedelta(seconds=5)).reassess, "Anyone who rated it knew that it fails."
    report("interface-backlog", "50", wave=wave, as_of=now + dt.timedelta(seconds=6))
    assert not _tend(now + dt.timedelta(seconds=7)).reassess
    report("interface-backlog", "500", wave=wave, as_of=now + dt.timedelta(seconds=8))
    assert _tend(now + dt.timedelta(seconds=9)).reassess == [risk.ref], "It fails again."


def test_a_detection_that_falls_silent_asks_for_a_rating(stella: User) -> None:
    wave = factories.make_wave()
    report("interface-backlog", "50", wave=wave)
    risk = make_risk(stella, wave=wave, **BOUND)
    done = _tend(timezone.now() + dt.timedelta(days=2))
    assert done.reassess == [risk.ref]
    risk.refresh_from_db()
    assert "stopped reporting" in risk.reassess_because


def test_a_detection_that_never_spoke_was_silent_when_it_was_rated(stella: User) -> None:
    risk = make_risk(stella, **BOUND)
    assert risk.detection_state == "silent"
    assert not _tend(timezone.now() + MINUTE).anything


def test_a_round_books_once_and_only_if_something_was_done(stella: User, bo: User) -> None:
    first, second = make_risk(stella), make_risk(stella)
    accept(second, stella, bo, days=1)
    assert not LogEntry.objects.filter(verb="risk.tended").exists()
    _tend(first.review_on + HOUR)
    entry = LogEntry.objects.get(verb="risk.tended")
    assert set(entry.facts["escalated"]) == {first.ref, second.ref}
    assert entry.facts["expired"] == [second.ref]
