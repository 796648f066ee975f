"""Overdue critical cases are escalated: each step is told once, to those it names, and ends with the case."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from console.audit.models import LogEntry
from console.errors import Invalid
from console.notices.models import Notice
from console.people.models import User
from console.people.queries import system
from tests import factories
from triage.cases import actions as cases
from triage.cases.models import Case
from triage.overdue import actions, queries
from triage.overdue.models import EscalationStep, Step
from triage.queues.actions.queues import save_queue
from triage.queues.models import Queue, Severity

pytestmark = pytest.mark.django_db

DUE = timezone.now().replace(microsecond=0) - dt.timedelta(days=1)


@pytest.fixture
def dana(db_ready) -> User:
    """The deputy."""
    return factories.make_user("dana", role="reviewer")


@pytest.fixture
def queue(ben, dana, lena) -> Queue:
    return factories.make_queue(responsible=ben, deputy=dana)


def critical(queue: Queue, **fields) -> Case:
    return factories.make_case(queue=queue, **{"severity": Severity.CRITICAL, "due_at": DUE, **fields})


def after(minutes: int) -> actions.Swept:
    return actions.sweep(by=system(), now=DUE + dt.timedelta(minutes=minutes))


def told() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for notice in Notice.objects.filter(over_at=None).select_related("to").order_by("pk"):
        found.setdefault(notice.to.username, []).append(notice.subject)
    return found


def test_each_step_is_told_once_to_those_it_names(queue, ana, lena) -> None:
    case = critical(queue)
    assert after(-1) == actions.Swept()
    assert after(0).taken == 1
    assert told() == {"ben": [case.ref]}
    assert after(59) == actions.Swept()
    assert after(60).taken == 1
    assert told() == {"ben": [case.ref], "dana": [case.ref]}
    assert after(240).taken == 1
    assert told()["lena"] == [case.ref]
    assert after(9_999) == actions.Swept()
    assert after(-9_999) == actions.Swept(), "a clock that jumps back takes no step and ends none"
    assert Notice.objects.get(to=queue.responsible).urgent
    assert LogEntry.objects.filter(verb="case.escalations_tended").count() == 3


def test_all_steps_that_are_due_are_taken_at_once(queue) -> None:
    case = critical(queue)
    assert after(9_999).taken == 3
    assert set(told()) == {"ben", "dana", "lena"}
    assert queries.last_step(Case.objects.get(pk=case.pk)).step == Step.LEADS


def test_who_holds_it_and_who_it_is_assigned_to_are_told_first(queue, ana, lena) -> None:
    held, assigned = critical(queue), critical(queue)
    cases.claim(case=held, by=ana)
    cases.hand_over(case=assigned, to=ana, why="Her ward.", by=lena)
    Notice.objects.all().delete()
    after_claim = actions.sweep(by=system(), now=timezone.now())
    assert after_claim.taken == 6
    assert set(told()["ana"]) == {held.ref, assigned.ref}


@pytest.mark.parametrize("fields", [{"severity": Severity.HIGH}, {"due_at": timezone.now() + dt.timedelta(days=9)}])
def test_others_do_not_climb(queue, fields) -> None:
    critical(queue, **fields)
    assert after(9_999) == actions.Swept()


def test_a_queue_without_a_responsible_person_is_answered_by_its_leads(lena) -> None:
    case = critical(factories.make_queue("alone"))
    after(0)
    assert told() == {"lena": [case.ref]}
    assert "no responsible person" in Notice.objects.get().sentence
    client = Client()
    client.force_login(lena)
    assert "No responsible person" in client.get("/queues/").content.decode()


def test_many_at_once_are_told_as_one(queue) -> None:
    for _ in range(8):
        critical(queue)
    after(0)
    assert told() == {"ben": [queue.slug]}
    assert EscalationStep.objects.count() == 8
    Case.objects.update(severity=Severity.HIGH, priority=300)
    after(1)
    assert told() == {}


def test_the_notices_end_with_the_case(queue, ana) -> None:
    decided, milder, stays = (critical(queue) for _ in range(3))
    after(0)
    cases.claim(case=decided, by=ana)
    cases.decide(case=decided, verdict="NO_MATCH", reason="namesakes", seen=1, by=ana)
    Case.objects.filter(pk=milder.pk).update(severity=Severity.HIGH, priority=300)
    assert after(1).ended == 2
    assert told() == {"ben": [stays.ref]}
    assert after(1) == actions.Swept()


def test_another_due_time_begins_at_the_first_step(queue) -> None:
    case = critical(queue)
    after(0)
    Case.objects.filter(pk=case.pk).update(due_at=DUE + dt.timedelta(hours=5))
    assert after(1).ended == 1
    assert after(5 * 60).taken == 1
    assert EscalationStep.objects.filter(case=case, step=Step.RESPONSIBLE).count() == 2


def test_the_bar_of_the_case_says_how_far_it_climbed(queue, ana) -> None:
    case = critical(queue)
    actions.sweep(by=system())
    client = Client()
    client.force_login(ana)
    assert "escalated to the leads" in client.get(f"/cases/{case.ref}/").content.decode()


def test_a_queue_says_who_answers_for_it(queue, ana, ben, lena) -> None:
    save_queue(queue=queue, responsible=ana, by=lena)
    assert Queue.objects.get(pk=queue.pk).responsible == ana
    wrong = (
        {"deputy": ana, "responsible": ana},
        {"responsible": factories.make_user("out", role="reviewer", is_active=False)},
        {"responsible": factories.make_user("op", role="operator")},
        {"leads_after_seconds": 60},
    )
    for fields in wrong:
        with pytest.raises(Invalid):
            save_queue(queue=Queue.objects.get(pk=queue.pk), by=lena, **fields)
