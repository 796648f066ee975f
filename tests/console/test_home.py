"""The home page: what waits for each of the cast, and what a new console asks for first."""

from __future__ import annotations

import pytest
from django.test import Client

from console.people.models import User
from console.web.view_helpers import fragment
from tests import factories

pytestmark = pytest.mark.django_db


def home(client: Client, user: User) -> str:
    client.force_login(user)
    answer = client.get("/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_new_console_asks_the_administrator_for_people(client: Client, ada: User) -> None:
    page = home(client, ada)
    assert "Set up this console" in page
    assert "/people/invite/" in page
    assert "/waves/make/" not in page


def test_what_is_done_is_ticked_off_and_the_list_goes_when_all_is(client: Client, ada: User) -> None:
    factories.make_user("someone")
    page = home(client, ada)
    assert "Invite colleagues" in page
    assert 'href="/people/invite/"' not in page
    factories.make_user("robot", kind="service")
    assert "Set up this console" not in home(client, ada)


def test_someone_without_a_role_is_told_so(client: Client, eve: User) -> None:
    assert "You have no role yet." in home(client, eve)


def test_reviewers_get_their_part_and_operators_theirs(client: Client, ana: User, omar: User) -> None:
    cases, intake = fragment("cases:home"), fragment("intake:home")
    for user, mine, other in ((ana, cases, intake), (omar, intake, cases)):
        page = home(client, user)
        if mine:
            assert f'hx-get="{mine}"' in page
            assert client.get(mine, headers={"HX-Request": "true"}).status_code == 200
        if other:
            assert f'hx-get="{other}"' not in page
