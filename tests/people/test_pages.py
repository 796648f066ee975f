"""The pages about people and service accounts, as those who may and may not open them see them."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from console.people import actions, queries
from console.people.models import RoleGrant, User
from tests import factories

pytestmark = pytest.mark.django_db

PAGES = ("/people/", "/people/invite/", "/service-accounts/")


@pytest.mark.parametrize("page", PAGES)
def test_only_the_administrator_opens_them(client: Client, ada: User, ana: User, page: str) -> None:
    client.force_login(ana)
    refused = client.get(page)
    assert refused.status_code == 403
    assert "Your roles do not allow you to" in refused.content.decode()
    client.force_login(ada)
    assert client.get(page).status_code == 200


def test_the_list_shows_roles_and_pages_by_key(
    client: Client, ada: User, django_assert_max_num_queries: object
) -> None:
    for number in range(60):
        user = factories.make_user(f"p{number:02}")
        RoleGrant.objects.create(user=user, role="reviewer", granted_by=ada)
    client.force_login(ada)
    client.get("/people/")
    with django_assert_max_num_queries(12):
        first = client.get("/people/").content.decode()
    assert "Reviewer" in first
    assert "p48" in first
    assert "p49" not in first
    second = client.get("/people/?after=p48").content.decode()
    assert "p59" in second
    assert "p48<" not in second


def test_a_search_that_finds_no_user_says_so(client: Client, ada: User) -> None:
    client.force_login(ada)
    assert "No users found" in client.get("/people/?search=zzz").content.decode()


def test_a_role_is_granted_and_taken_back_on_the_page(client: Client, ada: User, eve: User) -> None:
    queue = factories.make_queue("merges")
    client.force_login(ada)
    form = {"role": "reviewer", "scope": f"cases.queue:{queue.pk}"}
    assert client.post(f"/people/{eve.pk}/grants/", form).status_code == 302
    page = client.get(f"/people/{eve.pk}/").content.decode()
    assert "Queue Merges" in page
    grant = eve.grants.get()
    assert client.post(f"/people/grants/{grant.pk}/revoke/").status_code == 302
    assert "No role" in client.get(f"/people/{eve.pk}/").content.decode()


def test_a_refused_grant_keeps_the_form_and_says_why(client: Client, ada: User, eve: User) -> None:
    client.force_login(ada)
    wave = factories.make_wave()
    answer = client.post(f"/people/{eve.pk}/grants/", {"role": "reviewer", "scope": f"waves.wave:{wave.pk}"})
    assert answer.status_code == 422
    assert "The role Reviewer cannot be granted on a wave." in answer.content.decode()


def test_granting_to_oneself_is_not_offered_and_refused(client: Client, ada: User) -> None:
    client.force_login(ada)
    assert "You cannot grant a role to yourself" in client.get(f"/people/{ada.pk}/").content.decode()
    answer = client.post(f"/people/{ada.pk}/grants/", {"role": "reviewer", "scope": "console"})
    assert answer.status_code == 403
    assert not ada.grants.exists()


def test_deactivation_asks_first(client: Client, ada: User, ana: User) -> None:
    client.force_login(ada)
    assert "Sessions end" in client.get(f"/people/{ana.pk}/deactivate/").content.decode()
    assert User.objects.get(pk=ana.pk).is_active
    client.post(f"/people/{ana.pk}/deactivate/")
    assert not User.objects.get(pk=ana.pk).is_active
    client.post(f"/people/{ana.pk}/reactivate/")
    assert User.objects.get(pk=ana.pk).is_active


def test_concord_itself_has_no_page(client: Client, ada: User) -> None:
    client.force_login(ada)
    concord = queries.system()
    assert client.get(f"/people/{concord.pk}/").status_code == 404
    assert client.post(f"/people/{concord.pk}/reactivate/").status_code == 404


def test_a_token_is_shown_once_and_not_kept_by_the_browser(client: Client, ada: User) -> None:
    client.force_login(ada)
    client.post("/service-accounts/", {"username": "robot", "name": "Nightly pipeline"})
    robot = User.objects.get(username="robot")
    address = f"/service-accounts/{robot.pk}/"
    assert "Grant a role first" in client.get(address).content.decode()
    client.post(f"/people/{robot.pk}/grants/", {"role": "pipeline", "scope": "console"})
    answer = client.post(f"{address}tokens/", {"name": "first", "days": 30, "scopes": ["runs.push_run"]})
    text = re.search(r"cnc_[\w-]{43}", answer.content.decode())
    assert text
    assert "no-store" in answer["Cache-Control"]
    page = client.get(address).content.decode()
    assert text.group() not in page
    assert text.group()[:8] in page
    api = Client().get("/api/v1/me/", headers={"Authorization": f"Bearer {text.group()}"})
    assert api.json()["permissions"] == ["runs.push_run"]
    client.post(f"/service-accounts/tokens/{robot.tokens.get().pk}/revoke/")
    assert Client().get("/api/v1/me/", headers={"Authorization": f"Bearer {text.group()}"}).status_code == 401


def test_a_refused_token_form_says_why(client: Client, ada: User) -> None:
    robot = actions.make_service_account(username="robot", by=ada)
    actions.grant_role(user=robot, role="pipeline", by=ada)
    client.force_login(ada)
    answer = client.post(
        f"/service-accounts/{robot.pk}/tokens/", {"name": "x", "days": 999, "scopes": ["runs.push_run"]}
    )
    assert answer.status_code == 422
    assert not robot.tokens.exists()


def test_everybody_sees_their_own_roles(client: Client, ada: User, eve: User) -> None:
    actions.grant_role(user=eve, role="reviewer", scope=factories.make_queue("merges"), by=ada)
    client.force_login(eve)
    page = client.get("/me/").content.decode()
    assert "Reviewer" in page
    assert "Queue Merges" in page
    assert "Multi-factor authentication is off" in page


@pytest.mark.parametrize("pk", ["0", "99999999999999999999999999"])
def test_a_person_who_is_not_there_is_404(client: Client, ada: User, pk: str) -> None:
    client.force_login(ada)
    assert client.get(f"/people/{pk}/").status_code == 404
    assert client.get(f"/service-accounts/{pk}/").status_code == 404
