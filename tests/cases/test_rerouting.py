"""Applying routing rules: a dry run tells what applying does; what a person transferred stays where it is."""

from __future__ import annotations

import pytest

from tests import factories
from tests.queues.test_routing import save
from triage.cases import actions, rerouting
from triage.cases.actions import rerouting as rerouting_actions
from triage.cases.models import Case, QueueTally, State

pytestmark = pytest.mark.django_db


def test_a_dry_run_changes_nothing_and_applying_does_what_it_said(lena, ana) -> None:
    first, second = factories.make_queue("first", order=1), factories.make_queue("second", order=2)
    factories.make_queue("third", order=3)
    high = [factories.make_case(queue=first, severity=3) for _ in range(3)]
    low = factories.make_case(queue=first, severity=1)
    claimed = factories.make_case(queue=first, severity=4)
    actions.claim(case=claimed, by=ana)
    save(second, lena, conditions={"severity_at_least": 3}, priority=7)
    moves = rerouting.dry_run("merge")
    assert [(m.from_queue, m.to_queue, m.cases) for m in moves] == [(first.pk, second.pk, 3)]
    assert {moves[0].first, moves[0].last} == {high[0].ref, high[-1].ref}
    assert Case.objects.filter(queue=second).count() == 0
    assert rerouting_actions.apply_rules(kind="merge", by=lena) == 3
    assert set(Case.objects.filter(queue=second).values_list("pk", "priority")) == {(c.pk, 307) for c in high}
    assert Case.objects.get(pk=low.pk).queue == first
    assert Case.objects.get(pk=claimed.pk).queue == first
    assert rerouting.dry_run("merge") == []
    assert sum(QueueTally.objects.filter(queue_id=second.pk, state=State.OPEN).values_list("delta", flat=True)) == 3


def test_what_a_person_transferred_stays_there(lena, ana) -> None:
    second = factories.make_queue("second", order=2)
    first = factories.make_queue("first", order=1, targets={"escalation": second})
    case = factories.make_case(queue=first)
    actions.claim(case=case, by=ana)
    actions.decide(case=case, verdict="ESCALATE", reason="second_opinion", seen=1, by=ana)
    save(first, lena)
    assert rerouting.dry_run("merge") == []
    assert rerouting_actions.apply_rules(kind="merge", by=lena) == 0
    assert Case.objects.get(pk=case.pk).queue == second
