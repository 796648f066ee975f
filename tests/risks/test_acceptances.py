"""Accepting risks: two people, a time that ends on its own, and ratings that rise."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from console.audit.models import LogEntry
from console.errors import Denied, Invalid, Stale
from console.people.models import User
from governance.risks import actions, queries
from governance.risks.models import AcceptanceState, Risk, RiskAcceptance, RiskStatus
from tests.risks.making import accept, ask, make_risk, rate


def _standing(risk: Risk) -> queries.RiskStatusData:
    wave = risk.wave
    assert wave is not None
    return next(one for one in queries.open_risks_for([wave], timezone.now()) if one.ref == risk.ref)


def test_the_way_of_an_acceptance(stella: User, bo: User) -> None:
    risk = make_risk(stella)
    asked = ask(risk, stella)
    assert asked.state_at(timezone.now()) == AcceptanceState.PROPOSED
    assert queries.standing([risk], timezone.now())[0].status == RiskStatus.DEVIATION_REQUESTED
    taken = actions.take_up(acceptance=asked, by=bo)
    assert taken.state_at(timezone.now()) == AcceptanceState.UNDER_REVIEW
    assert not _standing(risk).accepted
    granted = actions.decide_acceptance(acceptance=taken, grant=True, reason="For two weeks.", by=bo)
    assert granted.state_at(timezone.now()) == AcceptanceState.ACTIVE
    assert _standing(risk).acceptance == granted.pk
    actions.revoke_acceptance(acceptance=granted, reason="Something else came up.", by=bo)
    assert not _standing(risk).accepted
    assert RiskAcceptance.objects.get().state_at(timezone.now()) == AcceptanceState.REVOKED


def test_it_ends_by_itself_with_every_scheduler_stopped(stella: User, bo: User) -> None:
    risk = make_risk(stella)
    granted = accept(risk, stella, bo, days=14)
    with time_machine.travel(granted.not_after - dt.timedelta(seconds=1), tick=False):
        assert _standing(risk).accepted
    with time_machine.travel(granted.not_after, tick=False):
        assert not _standing(risk).accepted
        assert RiskAcceptance.objects.get().state_at(timezone.now()) == AcceptanceState.EXPIRED
        assert queries.standing([Risk.objects.get()], timezone.now())[0].status == RiskStatus.OPEN
        found = queries.page_of_risks(stella, queries.Filters(status="deviation-approved"), now=timezone.now())
        assert found.items == []


def test_no_one_accepts_what_they_asked_for(stella: User, bo: User) -> None:
    both = stella
    for permission in bo.user_permissions.all():
        both.user_permissions.add(permission)
    both = User.objects.get(pk=stella.pk)
    risk = make_risk(both)
    asked = ask(risk, both)
    with pytest.raises(Denied, match="someone else"):
        actions.take_up(acceptance=asked, by=both)
    taken = actions.take_up(acceptance=asked, by=bo)
    with pytest.raises(Denied, match="someone else"):
        actions.decide_acceptance(acceptance=taken, grant=True, reason="Fine.", by=both)
    with pytest.raises(IntegrityError), transaction.atomic():
        RiskAcceptance.objects.filter(pk=asked.pk).update(decided_by=both, decided_at=timezone.now(), granted=True)


@pytest.mark.parametrize("name", ["ana", "lena", "omar", "cora", "ada", "eve", "stella"])
def test_only_the_board_accepts(request: pytest.FixtureRequest, stella: User, name: str) -> None:
    asked = ask(make_risk(stella), stella)
    other = request.getfixturevalue(name)
    with pytest.raises(Denied):
        actions.take_up(acceptance=asked, by=other)
    with pytest.raises(Denied):
        actions.decide_acceptance(acceptance=asked, grant=True, reason="Fine.", by=other)


def test_the_board_only_accepts(stella: User, bo: User) -> None:
    risk = make_risk(stella)
    with pytest.raises(Denied):
        rate(risk, 1, bo)
    with pytest.raises(Denied):
        ask(risk, bo)


def test_what_is_unacceptable_needs_a_lower_residual_rating(stella: User, bo: User) -> None:
    risk = make_risk(stella, severity=4)
    with pytest.raises(Denied, match="residual"):
        ask(risk, stella)
    rate(risk, 4, stella, "residual")
    with pytest.raises(Denied, match="residual"):
        ask(risk, stella)
    rate(risk, 3, stella, "residual")
    asked = ask(risk, stella)
    taken = actions.take_up(acceptance=asked, by=bo)
    rate(risk, 4, stella, "residual")  # what was planned turns out not to help
    with pytest.raises(Denied, match="residual"):
        actions.decide_acceptance(acceptance=taken, grant=True, reason="For the time being.", by=bo)
    rate(risk, 2, stella, "residual")
    actions.decide_acceptance(acceptance=taken, grant=True, reason="For the time being.", by=bo)
    assert _standing(risk).accepted


def test_a_risk_without_a_current_rating_cannot_be_accepted(stella: User) -> None:
    with pytest.raises(Denied, match="Add a current rating"):
        ask(make_risk(stella, severity=None), stella)


@pytest.mark.parametrize(("severity", "days"), [(1, 365), (2, 180), (3, 90)])
def test_it_lasts_no_longer_than_its_level_allows(stella: User, severity: int, days: int) -> None:
    risk = make_risk(stella, severity=severity)
    with pytest.raises(Invalid, match=str(days)):
        ask(risk, stella, days=days + 1)
    with pytest.raises(Invalid, match="future"):
        ask(risk, stella, days=-1)
    ask(risk, stella, days=days)


def test_a_higher_rating_ends_it_for_good(stella: User, bo: User) -> None:
    risk = make_risk(stella, severity=2)
    accept(risk, stella, bo)
    rate(risk, 2, stella)
    assert _standing(risk).accepted, "An equal rating changes nothing."
    rate(risk, 1, stella)
    assert _standing(risk).accepted, "Nor does a lower one."
    rate(risk, 3, stella)
    assert not _standing(risk).accepted
    rate(risk, 2, stella)
    assert not _standing(risk).accepted, "What ended does not come back."
    assert RiskAcceptance.objects.get().revoked_by == stella


def test_a_higher_level_of_the_same_severity_ends_it_too(stella: User, bo: User) -> None:
    """Levels 4 and 5 of DCB0129 are both unacceptable; who accepted the one has not accepted the other."""
    risk = make_risk(stella, severity=4)
    rate(risk, 3, stella, "residual")
    accept(risk, stella, bo)
    words = {"likelihood": "very-high", "consequence": "catastrophic"}
    actions.rate(risk=risk, kind="current", factors=words, rationale="Worse than thought.", by=stella)
    assert not _standing(risk).accepted


def test_a_request_falls_with_a_higher_rating(stella: User, bo: User) -> None:
    risk = make_risk(stella, severity=2)
    asked = ask(risk, stella)
    taken = actions.take_up(acceptance=asked, by=bo)
    rate(risk, 3, stella)
    with pytest.raises(Stale):
        actions.decide_acceptance(acceptance=taken, grant=True, reason="Fine.", by=bo)
    ask(risk, stella)


def test_one_request_at_a_time_and_steps_in_their_order(stella: User, bo: User, bea: User) -> None:
    risk = make_risk(stella)
    asked = ask(risk, stella)
    with pytest.raises(Stale):
        ask(risk, stella)
    with pytest.raises(Stale, match="Start the review"):
        actions.decide_acceptance(acceptance=asked, grant=True, reason="Fine.", by=bo)
    actions.take_up(acceptance=asked, by=bo)
    with pytest.raises(Stale):
        actions.take_up(acceptance=asked, by=bea)
    actions.decide_acceptance(acceptance=asked, grant=False, reason="Controls first.", by=bea)
    with pytest.raises(Stale):
        actions.decide_acceptance(acceptance=asked, grant=True, reason="After all.", by=bo)
    with pytest.raises(Stale):
        actions.revoke_acceptance(acceptance=asked, reason="Never mind.", by=bo)
    assert not _standing(risk).accepted


def test_the_requester_may_withdraw_the_request_but_not_revoke_the_acceptance(stella: User, bo: User) -> None:
    risk = make_risk(stella)
    actions.revoke_acceptance(acceptance=ask(risk, stella), reason="Asked too early.", by=stella)
    granted = accept(risk, stella, bo)
    with pytest.raises(Denied):
        actions.revoke_acceptance(acceptance=granted, reason="Changed my mind.", by=stella)


def test_people_are_told_and_it_is_logged(stella: User, bo: User, bea: User) -> None:
    owner_seen = make_risk(stella, owner=bea)
    accept(owner_seen, stella, bo)
    assert {(n.to.username, n.kind) for n in bo.notices.all()} == {("bo", "risk.acceptance_asked")}
    assert "risk.acceptance_decided" in {n.kind for n in stella.notices.all()}
    verbs = LogEntry.objects.filter(verb__startswith="risk.").order_by("id").values_list("verb", flat=True)
    assert list(verbs) == [
        "risk.added", "risk.acceptance_asked", "risk.acceptance_taken_up", "risk.acceptance_decided"
    ]  # fmt: skip
