"""Who loses a role or the account loses the claims made with it, in that very transaction."""

from __future__ import annotations

import pytest
from django.db import transaction

from console.audit.models import LogEntry
from console.people import actions as people
from console.people.models import RoleGrant, User
from console.people.queries import system
from tests import factories
from triage.cases import actions
from triage.cases.models import Case, Claim, HeldRecord, State

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana(db_ready) -> User:
    """A reviewer by a grant that can be revoked."""
    user = factories.make_user("ana")
    people.grant_role(user=user, role="reviewer", by=system())
    return User.objects.get(pk=user.pk)


@pytest.fixture
def claimed(ana) -> Case:
    case = factories.make_case()
    actions.claim(case=case, by=ana)
    return case


def stands(case: Case) -> tuple[str, int, int]:
    state = Case.objects.values_list("state", flat=True).get(pk=case.pk)
    return state, Claim.objects.filter(case=case).count(), HeldRecord.objects.filter(case=case).count()


OPEN = (State.OPEN, 0, 0)
CLAIMED = (State.CLAIMED, 1, 2)


def test_a_revoked_role_ends_its_claims_and_the_log_says_so(ana, ben, claimed) -> None:
    for grant in RoleGrant.objects.filter(user=ana):
        people.revoke_role(grant=grant, by=system())
    assert stands(claimed) == OPEN
    entry = LogEntry.objects.get(verb="case.claim_lost")
    assert entry.facts["holder"] == ana.pk
    assert actions.claim(case=claimed, by=ben).case.pk == claimed.pk


def test_a_deactivated_account_ends_its_claims(ana, claimed) -> None:
    people.deactivate(user=ana, by=system())
    assert stands(claimed) == OPEN


def test_other_people_keep_theirs(ana, ben, claimed) -> None:
    people.deactivate(user=ben, by=system())
    assert stands(claimed) == CLAIMED


def test_a_claim_stays_while_another_role_allows_it(ana, claimed) -> None:
    people.grant_role(user=ana, role="lead", by=system())
    people.revoke_role(grant=RoleGrant.objects.get(user=ana, role="reviewer"), by=system())
    assert stands(claimed) == CLAIMED


def test_what_is_not_committed_ends_no_claim(ana, claimed) -> None:
    with transaction.atomic():
        people.deactivate(user=ana, by=system())
        assert stands(claimed) == OPEN
        transaction.set_rollback(True)
    assert stands(claimed) == CLAIMED
