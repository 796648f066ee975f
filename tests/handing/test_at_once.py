"""Handing over on real connections: two leads at one instant, a decision, a claim, a lost role, a return meanwhile."""

from __future__ import annotations

import threading

import pytest
from django.db import transaction

from console.audit.models import LogEntry
from console.errors import Invalid, Refusal, Stale
from console.notices.models import Notice
from console.people import actions as people
from console.people.models import RoleGrant, User
from console.people.queries import system
from tests import factories
from tests.cases.test_at_once import together
from triage.cases import actions
from triage.cases.models import Case, Claim, Decision, Handover, State

pytestmark = [pytest.mark.committed, pytest.mark.usefixtures("committed_db")]

WHY = "Ana leaves at 16:00."
ROUNDS = 8


@pytest.fixture
def leads(committed_db) -> list[User]:
    return [factories.make_user(f"lead{number}", role="lead") for number in range(2)]


@pytest.fixture
def reviewers(committed_db) -> list[User]:
    return [factories.make_user(f"r{number}", role="reviewer") for number in range(3)]


def now(case: Case) -> Case:
    return Case.objects.select_related("assignee", "queue").get(pk=case.pk)


def refused(results: list[object]) -> list[Refusal]:
    return [one for one in results if isinstance(one, Refusal)]


def test_of_two_leads_one_hands_over_and_the_other_hears_that_it_changed(leads, reviewers) -> None:
    for number in range(1, ROUNDS + 1):
        case = factories.make_case()
        answers = together(
            *[
                lambda lead=lead, to=to: actions.hand_over(case=now(case), to=to, why=WHY, by=lead, seen=0)
                for lead, to in zip(leads, reviewers, strict=False)
            ]
        )
        (loser,) = refused(answers)
        assert isinstance(loser, Stale)
        winner = now(case).assignee
        assert winner is not None
        assert Handover.objects.get(case=case).to == winner
        assert f"is assigned to {winner} in the meantime" in str(loser)
        told = Notice.objects.filter(kind="case.handed_over", over_at=None, subject=case.ref)
        assert [notice.to for notice in told] == [winner]
        assert LogEntry.objects.filter(verb="case.handed_over").count() == number


def test_a_case_is_handed_over_or_decided_never_both(leads, reviewers) -> None:
    holder, colleague = reviewers[:2]
    for _ in range(ROUNDS):
        case = factories.make_case()
        actions.claim(case=case, by=holder)
        decided, handed = together(
            lambda case=case: actions.decide(case=case, verdict="LINK", seen=1, by=holder),
            lambda case=case: actions.hand_over(case=now(case), to=colleague, why=WHY, by=leads[0], seen=0),
        )
        (loser,) = refused([decided, handed])
        assert isinstance(loser, Stale)
        found = now(case)
        assert not Claim.objects.filter(case=case).exists()
        if loser is handed:
            assert (found.state, found.assignee) == (State.DECIDED, None)
            assert not Handover.objects.filter(case=case).exists()
        else:
            assert (found.state, found.assignee) == (State.OPEN, colleague)
            assert not Decision.objects.filter(case=case).exists()


def test_a_decision_under_way_is_awaited_and_stands(leads, reviewers) -> None:
    case = factories.make_case()
    actions.claim(case=case, by=reviewers[0])
    seen = now(case)
    decided = threading.Event()

    def decide() -> None:
        with transaction.atomic():
            actions.decide(case=case, verdict="LINK", seen=1, by=reviewers[0])
            decided.set()
            threading.Event().wait(0.5)

    def hand_over() -> Case:
        decided.wait(10)
        return actions.hand_over(case=seen, to=reviewers[1], why=WHY, by=leads[0])

    _, answer = together(decide, hand_over)
    assert isinstance(answer, Stale)
    assert "is decided" in str(answer)
    assert (now(case).state, now(case).assignee) == (State.DECIDED, None)


def test_no_one_claims_what_is_being_handed_to_another(leads, reviewers) -> None:
    colleague, other = reviewers[:2]
    for _ in range(ROUNDS):
        case = factories.make_case()
        handed, _ = together(
            lambda case=case: actions.hand_over(case=now(case), to=colleague, why=WHY, by=leads[0], seen=0),
            lambda case=case: actions.claim(case=case, by=other),
        )
        assert not isinstance(handed, Refusal), "a lead takes it from who holds it"
        assert now(case).assignee == colleague
        assert not Claim.objects.filter(case=case).exists()


def test_no_case_stays_with_who_loses_their_role_meanwhile(leads, reviewers) -> None:
    for number in range(ROUNDS):
        case, leaver = factories.make_case(), factories.make_user(f"leaver{number}")
        people.grant_role(user=leaver, role="reviewer", by=system())
        grant = RoleGrant.objects.get(user=leaver)
        handed, revoked = together(
            lambda case=case, leaver=leaver: actions.hand_over(case=now(case), to=leaver, why=WHY, by=leads[0], seen=0),
            lambda grant=grant: people.revoke_role(grant=grant, by=system()),
        )
        assert not isinstance(revoked, Refusal)
        assert not isinstance(handed, Refusal) or isinstance(handed, Invalid)
        assert now(case).assignee is None


def test_of_a_return_and_a_hand_over_the_second_hears_that_it_changed(leads, reviewers) -> None:
    one, other = reviewers[:2]
    for _ in range(ROUNDS):
        case = factories.make_case()
        actions.hand_over(case=case, to=one, why=WHY, by=leads[0])
        returned, handed = together(
            lambda case=case: actions.take_back(case=now(case), why=WHY, by=one),
            lambda case=case: actions.hand_over(case=now(case), to=other, why=WHY, by=leads[1], seen=one.pk),
        )
        (loser,) = refused([returned, handed])
        assert now(case).assignee == (None if loser is handed else other)
