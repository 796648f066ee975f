"""People, roles and tokens: what is done, what is refused, and that permissions are what the grants say."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.auth import authenticate
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.audit.models import LogEntry
from console.errors import Denied, Invalid, Refusal
from console.people import actions, queries, secret
from console.people.models import RoleGrant, ServiceToken, User, UserKind
from console.people.permissions import forget, holds, may, may_anywhere, scoped
from console.people.roles import ROLES
from tests import factories
from triage.queues.models import Queue
from triage.runs.models import Source

pytestmark = pytest.mark.django_db


def logged(verb: str) -> int:
    return LogEntry.objects.filter(verb=verb).count()


def test_concord_itself_exists_cannot_sign_in_and_may_act() -> None:
    concord = queries.system()
    assert not concord.is_active
    assert not concord.has_usable_password()
    assert may(concord, "cases.work_queue")
    assert authenticate(username="concord", password="") is None


def test_an_invited_person_has_no_password_and_a_key_to_set_one(ada: User) -> None:
    invitation = actions.invite_person(username="nina", name="Nina Novak", email="Nina@Hospital.test", by=ada)
    assert not invitation.user.has_usable_password()
    assert invitation.user.email == "Nina@hospital.test"
    assert invitation.key
    assert logged("person.invited") == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"username": "ADA"}, "There is an account of that name already."),
        ({"email": "ADA@hospital.test"}, "There is an account with that e-mail address already."),
        ({"email": ""}, "An invited person needs an e-mail address"),
        ({"email": "unknown"}, "valid email"),
        ({"username": "two words"}, "valid username"),
        ({"name": "  "}, "An account needs a printed name."),
        ({"username": "n" * 151}, "at most 150"),
    ],
)
def test_an_invitation_that_makes_no_sense_is_refused_and_leaves_nothing(
    ada: User, changes: dict[str, str], sentence: str
) -> None:
    before = User.objects.count()
    with pytest.raises(Invalid, match=sentence):
        actions.invite_person(**{"username": "nina", "name": "Nina", "email": "nina@hospital.test", **changes}, by=ada)
    assert User.objects.count() == before


def test_only_administrators_invite(ana: User) -> None:
    with pytest.raises(Denied, match="Your roles do not allow you to invite people"):
        actions.invite_person(username="nina", name="Nina", email="nina@hospital.test", by=ana)


def test_a_weak_password_is_refused(ada: User) -> None:
    with pytest.raises(Invalid, match="too short"):
        actions.make_person(username="nina", name="Nina", password="short", by=ada)


def test_a_role_on_the_console_gives_its_permissions_everywhere(ada: User, eve: User) -> None:
    queue = factories.make_queue()
    actions.grant_role(user=eve, role="reviewer", by=ada)
    assert may(eve, "cases.work_queue")
    assert may(eve, "cases.work_queue", queue)
    assert logged("role.granted") == 1


def test_a_role_on_one_queue_gives_its_permissions_there_only(ada: User, eve: User) -> None:
    mine, other = factories.make_queue("mine"), factories.make_queue("other")
    actions.grant_role(user=eve, role="lead", scope=mine, by=ada)
    assert may(eve, "cases.manage_queue", mine)
    assert not may(eve, "cases.manage_queue", other)
    assert not may(eve, "cases.manage_queue")
    assert not holds(eve, "runs.view_runs")
    assert may_anywhere(eve, "cases.see_queue", Queue)
    assert list(scoped(eve, "cases.see_queue", Queue.objects.all())) == [mine]


def test_a_permission_says_nothing_about_things_of_another_kind(ada: User, eve: User) -> None:
    queue = factories.make_queue()
    source = factories.make_source(pk=queue.pk)
    actions.grant_role(user=eve, role="reviewer", scope=queue, by=ada)
    assert not may(eve, "cases.see_queue", source)
    assert not scoped(eve, "cases.see_queue", Source.objects.all()).exists()


def test_many_questions_cost_one_query(ada: User, eve: User, django_assert_num_queries: object) -> None:
    queues = [factories.make_queue(f"q{number}") for number in range(5)]
    for queue in queues[:3]:
        actions.grant_role(user=eve, role="reviewer", scope=queue, by=ada)
    forget(eve)
    with django_assert_num_queries(3):  # Django's two for the console, one for all objects
        assert [may(eve, "cases.see_queue", queue) for queue in queues] == [True, True, True, False, False]


def test_granting_twice_is_granting_once(ada: User, eve: User) -> None:
    first = actions.grant_role(user=eve, role="reviewer", by=ada)
    assert actions.grant_role(user=eve, role="reviewer", by=ada).pk == first.pk
    assert logged("role.granted") == 1


def test_taking_one_role_back_leaves_what_another_gives(ada: User, eve: User) -> None:
    lead = actions.grant_role(user=eve, role="lead", by=ada)
    actions.grant_role(user=eve, role="reviewer", by=ada)
    actions.revoke_role(grant=lead, by=ada)
    eve = User.objects.get(pk=eve.pk)
    assert may(eve, "cases.work_queue")
    assert not may(eve, "cases.manage_queue")
    assert logged("role.revoked") == 1
    actions.revoke_role(grant=lead, by=ada)
    assert logged("role.revoked") == 1


@pytest.mark.parametrize(
    ("role", "scope", "error", "sentence"),
    [
        ("emperor", None, Invalid, "There is no role called 'emperor'."),
        ("pipeline", None, Invalid, "is for service accounts; Eve is a person."),
        ("administrator", "queue", Invalid, "The role Administrator cannot be granted on a queue."),
    ],
)
def test_a_grant_that_does_not_fit_is_refused(
    ada: User, eve: User, role: str, scope: str | None, error: type[Refusal], sentence: str
) -> None:
    with pytest.raises(error, match=sentence):
        actions.grant_role(user=eve, role=role, scope=factories.make_queue() if scope else None, by=ada)
    assert not RoleGrant.objects.filter(user=eve).exists()


def test_no_one_grants_to_themselves(ada: User) -> None:
    with pytest.raises(Denied, match="cannot grant a role to yourself"):
        actions.grant_role(user=ada, role="reviewer", by=ada)


def test_roles_of_people_are_not_for_service_accounts(ada: User, pipe: User) -> None:
    with pytest.raises(Invalid, match="is for people"):
        actions.grant_role(user=pipe, role="reviewer", by=ada)


def test_concord_itself_gets_no_role(ada: User) -> None:
    with pytest.raises(Denied, match="system account cannot hold roles"):
        actions.grant_role(user=queries.system(), role="reviewer", by=ada)


def test_a_deactivated_person_may_nothing_and_gets_nothing(ada: User, ana: User) -> None:
    actions.deactivate(user=ana, by=ada)
    ana = User.objects.get(pk=ana.pk)
    assert not may(ana, "cases.work_queue")
    with pytest.raises(Denied, match="Ana is deactivated"):
        actions.grant_role(user=ana, role="lead", by=ada)
    actions.reactivate(user=ana, by=ada)
    assert may(User.objects.get(pk=ana.pk), "cases.work_queue")


def test_deactivation_refuses_oneself_concord_and_a_second_time(ada: User, ana: User) -> None:
    with pytest.raises(Denied, match="cannot deactivate your own account"):
        actions.deactivate(user=ada, by=ada)
    with pytest.raises(Denied, match="Concord's own account"):
        actions.deactivate(user=queries.system(), by=ada)
    actions.deactivate(user=ana, by=ada)
    with pytest.raises(Denied, match="deactivated already"):
        actions.deactivate(user=ana, by=ada)


def test_roles_as_code_are_brought_in_line(ada: User, eve: User) -> None:
    actions.grant_role(user=eve, role="reviewer", by=ada)
    eve.user_permissions.clear()
    assert actions.sync_roles(by=queries.system()) == 1
    assert may(User.objects.get(pk=eve.pk), "cases.work_queue")
    assert actions.sync_roles(by=queries.system()) == 0
    assert logged("role.synced") == 1


def test_a_token_is_kept_as_a_hash_and_shown_once(ada: User) -> None:
    robot = _robot(ada)
    issued = actions.issue_token(user=robot, name="nightly", by=ada)
    row = ServiceToken.objects.get(pk=issued.token.pk)
    assert issued.text.startswith("cnc_")
    assert row.digest == secret.digest(issued.text)
    assert issued.text not in str(row.__dict__)
    assert row.scopes == sorted(ROLES["pipeline"].permissions)
    assert dt.timedelta(days=89) < row.expires_at - timezone.now() <= dt.timedelta(days=90)
    assert issued.text not in str(list(LogEntry.objects.values_list("facts", flat=True)))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"days": 0}, "1 to 366 days"),
        ({"days": 367}, "1 to 366 days"),
        ({"scopes": ["runs.push_run", "audit.view_book"]}, "more permissions than its account: audit.view_book"),
        ({"scopes": []}, "Grant a role first"),
        ({"name": " "}, "Enter a token name"),
        ({"name": "first"}, "has a token of that name already"),
    ],
)
def test_a_token_that_makes_no_sense_is_refused(ada: User, changes: dict[str, object], sentence: str) -> None:
    robot = _robot(ada)
    actions.issue_token(user=robot, name="first", by=ada)
    with pytest.raises(Invalid, match=sentence):
        actions.issue_token(**{"user": robot, "name": "second", **changes}, by=ada)
    assert robot.tokens.count() == 1


def test_people_get_no_tokens(ada: User, ana: User) -> None:
    with pytest.raises(Invalid, match="Tokens belong to service accounts"):
        actions.issue_token(user=ana, name="mine", by=ada)


def test_a_deactivated_service_account_loses_its_tokens_for_good(ada: User) -> None:
    robot = _robot(ada)
    token = actions.issue_token(user=robot, name="nightly", by=ada).token
    actions.deactivate(user=robot, by=ada)
    actions.reactivate(user=robot, by=ada)
    assert ServiceToken.objects.get(pk=token.pk).revoked


def test_a_book_that_cannot_be_written_keeps_the_grant_away(
    ada: User, eve: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("the audit log is closed")

    monkeypatch.setattr("console.audit.log.record", broken)
    with pytest.raises(RuntimeError, match="closed"):
        actions.grant_role(user=eve, role="reviewer", by=ada)
    assert not RoleGrant.objects.filter(user=eve).exists()
    assert not may(User.objects.get(pk=eve.pk), "cases.work_queue")


_PLACES = ("console", "queue-a", "queue-b")
_STEPS = st.lists(
    st.tuples(st.booleans(), st.sampled_from(["reviewer", "lead", "operator"]), st.sampled_from(_PLACES)), max_size=12
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=_STEPS)
def test_permissions_are_always_what_the_live_grants_say(ada: User, steps: list[tuple[bool, str, str]]) -> None:
    user = factories.make_user(f"p{User.objects.count()}{len(steps)}")
    queues = {slug: factories.make_queue(slug) for slug in _PLACES[1:]}
    live: dict[tuple[str, str], RoleGrant] = {}
    for give, role, place in steps:
        if give and (place == "console" or role != "operator"):
            live[role, place] = actions.grant_role(user=user, role=role, scope=queues.get(place), by=ada)
        elif not give and (role, place) in live:
            actions.revoke_role(grant=live.pop((role, place)), by=ada)
    user = User.objects.get(pk=user.pk)
    for code in set().union(*(role.permissions for role in ROLES.values())):
        everywhere = any(code in ROLES[role].permissions for role, place in live if place == "console")
        assert may(user, code) == everywhere
        for slug, queue in queues.items():
            there = any(code in ROLES[role].permissions for role, place in live if place == slug)
            assert may(user, code, queue) == (everywhere or (there and code.startswith("cases.")))


def _robot(ada: User) -> User:
    robot = actions.make_service_account(username="robot", by=ada)
    actions.grant_role(user=robot, role="pipeline", by=ada)
    assert robot.kind == UserKind.SERVICE
    return robot
