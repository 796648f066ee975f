"""Two people at the same time on one risk, on real connections."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from console.errors import Refusal, Stale
from console.people.models import User
from console.people.queries import system
from governance.risks import actions, queries
from governance.risks.models import Escalation, Risk, RiskAcceptance, RiskLink
from tests import factories
from tests.risks.making import ask, make_risk, rate

pytestmark = [pytest.mark.committed, pytest.mark.usefixtures("committed_db")]


def _together(*calls: Callable[[], Any]) -> list[Any]:
    start = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        try:
            start.wait(10)
            return call()
        except Refusal as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def _accepted(risk: Risk) -> bool:
    wave = risk.wave
    assert wave is not None
    return queries.open_risks_for([wave], timezone.now())[0].accepted


def test_one_acceptance_is_taken_up_and_decided_once(committed_db: str, stella: User, bo: User, bea: User) -> None:
    for _ in range(4):
        asked = ask(make_risk(stella), stella)
        taken = _together(*(lambda by=by: actions.take_up(acceptance=asked, by=by) for by in (bo, bea)))
        assert {type(one) for one in taken} == {RiskAcceptance, Stale}

        def decide(by: User, grant: bool, row: RiskAcceptance = asked) -> RiskAcceptance:
            return actions.decide_acceptance(acceptance=row, grant=grant, reason="So I say.", by=by)

        decided = _together(lambda d=decide: d(bo, True), lambda d=decide: d(bea, False))
        assert {type(one) for one in decided} == {RiskAcceptance, Stale}
        winner = next(one for one in decided if isinstance(one, RiskAcceptance))
        asked.refresh_from_db()
        assert (asked.decided_by_id, asked.granted) == (winner.decided_by_id, winner.granted)


def test_granting_while_it_is_rated_higher_never_accepts_the_higher(committed_db: str, stella: User, bo: User) -> None:
    for _ in range(6):
        risk = make_risk(stella, severity=2)
        asked = actions.take_up(acceptance=ask(risk, stella), by=bo)
        _together(
            lambda row=asked: actions.decide_acceptance(acceptance=row, grant=True, reason="Fine.", by=bo),
            lambda one=risk: rate(one, 3, stella),
        )
        assert not _accepted(risk), "Whichever came first."
        actions.close(risk=risk, reason="Next.", by=stella)


def test_two_rounds_at_once_take_each_step_once(committed_db: str, stella: User) -> None:
    risks = [make_risk(stella) for _ in range(5)]
    Risk.objects.update(review_on=timezone.now())
    by = system()
    _together(*(lambda: actions.sweep(by=by) for _ in range(3)))
    actions.sweep(by=by)
    assert Escalation.objects.count() == len(risks)


def test_the_same_link_twice_is_one(committed_db: str, stella: User) -> None:
    risk, case = make_risk(stella), factories.make_case()
    done = _together(*(lambda: actions.link(risk=risk, kind="case", target=case.ref, by=stella) for _ in range(3)))
    assert sum(isinstance(one, RiskLink) for one in done) == 1
    assert RiskLink.objects.count() == 1
