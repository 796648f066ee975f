"""The demonstration's people enter with one press; outside the demonstration there is no such way in."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client

from console.audit.models import LogEntry
from console.errors import Denied
from console.people import actions
from console.people.models import User
from console.people.queries import system
from samples import cast

pytestmark = pytest.mark.django_db
ENTER = "/demonstration/enter/"
SIGN_IN = "/accounts/login/"
PASSWORD = "a-password-of-one-test"


@pytest.fixture
def people(tmp_path: Path, settings) -> dict[str, User]:
    settings.CONCORD_HOME = tmp_path
    return cast.bring_in(tmp_path, by=system())


@pytest.fixture
def demonstration(settings) -> None:
    settings.DEMO = True


def test_all_are_offered_by_role_with_the_password_of_signatures(client, people, demonstration, tmp_path):
    page = client.get(SIGN_IN).content.decode()
    for member in cast.CAST:
        assert f'value="{member.username}"' in page
        assert member.name in page
    assert cast.password_under(tmp_path) in page
    assert people["ana"].check_password(cast.password_under(tmp_path))


def test_one_press_signs_in_and_is_logged(client, people, demonstration):
    answer = client.post(ENTER, {"username": "lena"})
    assert answer.status_code == 302
    assert client.get("/me/").wsgi_request.user == people["lena"]
    assert LogEntry.objects.filter(verb="session.signed_in", actor_id=people["lena"].pk).count() == 1


def test_another_press_changes_the_person(client, people, demonstration):
    client.post(ENTER, {"username": "lena"})
    client.post(ENTER, {"username": "bo"})
    assert client.get("/me/").wsgi_request.user == people["bo"]


def test_outside_the_demonstration_nothing_is_offered_and_no_one_enters(client, people, settings):
    settings.DEMO = False
    assert "Or sign in as" not in client.get(SIGN_IN).content.decode()
    assert client.post(ENTER, {"username": "ana"}).status_code == 404
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("username", ["", "stranger", cast.PIPELINE, "root"])
def test_only_the_cast_enters(client, people, demonstration, username):
    actions.make_person(
        username="stranger", name="A Stranger", email="s@hospital.example", password=PASSWORD, by=system()
    )
    assert client.post(ENTER, {"username": username}).status_code == 404
    assert "_auth_user_id" not in client.session


def test_a_namesake_with_another_address_does_not_enter(client, demonstration):
    actions.make_person(username="ana", name="Ana Real", email="ana@real.example", password=PASSWORD, by=system())
    assert client.post(ENTER, {"username": "ana"}).status_code == 404


def test_deactivated_people_are_not_offered(client, people, demonstration):
    User.objects.filter(username="bo").update(is_active=False)
    assert 'value="bo"' not in client.get(SIGN_IN).content.decode()
    assert client.post(ENTER, {"username": "bo"}).status_code == 404


def test_a_press_needs_the_token_of_the_form(people, demonstration):
    assert Client(enforce_csrf_checks=True).post(ENTER, {"username": "ana"}).status_code == 403


def test_the_demonstration_does_not_enter_a_console_with_users_of_its_own(tmp_path, settings):
    actions.make_person(username="real", name="Real Person", email="r@real.example", password=PASSWORD, by=system())
    with pytest.raises(Denied, match="has users of its own"):
        cast.bring_in(tmp_path, by=system())
    assert not User.objects.filter(username="ana").exists()


def test_the_cast_is_brought_in_once(tmp_path, people):
    again = cast.bring_in(tmp_path, by=system())
    assert {name: user.pk for name, user in again.items()} == {name: user.pk for name, user in people.items()}
    assert len((tmp_path / cast.LOGINS).read_text().splitlines()) == len(cast.CAST) + 1
