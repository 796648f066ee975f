"""Tokens at the API: which are accepted, which are refused, and with which sentence."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.test import Client, RequestFactory
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from console.audit.models import LogEntry
from console.people import actions, queries
from console.people.models import ServiceToken, User
from console.people.permissions import may
from console.people.tokens import requires
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def robot() -> User:
    by = queries.system()
    user = actions.make_service_account(username="robot", by=by)
    actions.grant_role(user=user, role="pipeline", by=by)
    return user


@pytest.fixture
def token(robot: User) -> actions.Issued:
    return actions.issue_token(user=robot, name="nightly", by=queries.system())


def ask(authorization: str | None) -> tuple[int, dict[str, object]]:
    headers = {} if authorization is None else {"Authorization": authorization}
    response = Client().get("/api/v1/me/", headers=headers)
    return response.status_code, response.json()


def test_a_good_token_says_who_it_is(token: actions.Issued) -> None:
    status, body = ask(f"Bearer {token.text}")
    assert status == 200
    assert body["name"] == "robot"
    assert body["token"] == "nightly"
    assert "cases.read_feed" in body["permissions"]


@pytest.mark.parametrize(
    ("authorization", "sentence"),
    [
        (None, "Sign in, or send a service account's token."),
        ("Basic cm9ib3Q6eA==", "Sign in, or send a service account's token."),
        ("Bearer", "The Authorization header must read: Bearer, a space, and the token."),
        ("Bearer cnc_a b", "The Authorization header must read: Bearer, a space, and the token."),
        ("Bearer nothing", "Invalid token."),
        ("Bearer cnc_nothing", "Invalid token."),
        ("Bearer cnc_" + "x" * 500, "Invalid token."),
        ("Bearer cnc_\u00ff", "Invalid token."),
    ],
)
def test_anyone_who_is_not_known_gets_401_and_a_sentence(authorization: str | None, sentence: str) -> None:
    response = Client().get("/api/v1/me/", headers={"Authorization": authorization} if authorization else {})
    assert response.status_code == 401
    assert response.json() == {"error": "signed_out", "detail": sentence}
    assert response["WWW-Authenticate"] == 'Bearer realm="concord"'


def test_a_revoked_token_is_refused(token: actions.Issued) -> None:
    actions.revoke_token(token=token.token, by=queries.system())
    assert ask(f"Bearer {token.text}") == (401, {"error": "signed_out", "detail": "This token was revoked."})


def test_an_expired_token_is_refused_and_says_since_when(token: actions.Issued) -> None:
    with time_machine.travel(token.token.expires_at, tick=False):
        status, body = ask(f"Bearer {token.text}")
    assert status == 401
    assert (
        body["detail"]
        == f"This token expired on {token.token.expires_at:%d %B %Y}; ask an administrator for a new one."
    )


def test_a_token_of_a_deactivated_account_is_refused(token: actions.Issued, robot: User) -> None:
    User.objects.filter(pk=robot.pk).update(is_active=False)
    assert ask(f"Bearer {token.text}")[1]["detail"] == "The service account of this token is deactivated."


def test_a_token_of_someone_who_is_no_service_account_is_not_known(token: actions.Issued, robot: User) -> None:
    User.objects.filter(pk=robot.pk).update(kind="person")
    assert ask(f"Bearer {token.text}")[0] == 401


def test_the_day_of_use_is_kept_and_logged_once_a_day(token: actions.Issued) -> None:
    day = token.token.created_at
    for moment in (day, day, day + dt.timedelta(days=1)):
        with time_machine.travel(moment, tick=False):
            assert ask(f"Bearer {token.text}")[0] == 200
    assert ServiceToken.objects.get(pk=token.token.pk).last_used_on == (day + dt.timedelta(days=1)).date()
    assert LogEntry.objects.filter(verb="token.used").count() == 2


def test_nothing_of_a_refused_token_is_written_down(token: actions.Issued) -> None:
    before = LogEntry.objects.count()
    ask("Bearer cnc_nothing")
    assert LogEntry.objects.count() == before


def test_a_narrow_token_narrows_its_account_wherever_it_asks(robot: User) -> None:
    issued = actions.issue_token(user=robot, name="narrow", scopes=["runs.view_runs"], by=queries.system())
    status, body = ask(f"Bearer {issued.text}")
    assert (status, body["permissions"]) == (200, ["runs.view_runs"])
    robot.token_scopes = frozenset(issued.token.scopes)
    assert may(robot, "runs.view_runs")
    assert not may(robot, "runs.push_run")
    assert not may(robot, "runs.push_run", factories.make_source())


class _View(APIView):
    permission_classes = (requires("runs.push_run"),)

    def get(self, request: Request) -> Response:
        return Response({"in": True})


def knock(headers: dict[str, str]) -> tuple[int, dict[str, object]]:
    response = _View.as_view()(RequestFactory().get("/api/v1/view/", headers=headers))
    return response.status_code, response.data


def test_a_token_without_the_scope_is_told_which_one(robot: User) -> None:
    issued = actions.issue_token(user=robot, name="narrow", scopes=["cases.read_feed"], by=queries.system())
    status, body = knock({"Authorization": f"Bearer {issued.text}"})
    assert status == 403
    assert body == {"error": "denied", "detail": "This token lacks the scope runs.push_run."}


def test_a_token_whose_account_lost_the_role_is_told_what_it_needs(robot: User, token: actions.Issued) -> None:
    actions.revoke_role(grant=robot.grants.get(), by=queries.system())
    status, body = knock({"Authorization": f"Bearer {token.text}"})
    assert status == 403
    assert body["detail"] == "Your roles do not allow this; it needs runs.push_run."


def test_a_role_on_one_source_is_enough_for_the_view(token: actions.Issued) -> None:
    by = queries.system()
    user = actions.make_service_account(username="local", by=by)
    actions.grant_role(user=user, role="pipeline", scope=factories.make_source(), by=by)
    issued = actions.issue_token(user=user, name="one", by=by)
    assert knock({"Authorization": f"Bearer {issued.text}"})[0] == 200


def test_an_anonymous_request_gets_401() -> None:
    assert knock({})[0] == 401
