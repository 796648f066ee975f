"""Who may sign in, by which way, and how often one may try."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.contrib.auth.models import AnonymousUser
from django.test import Client, RequestFactory

from console.people import queries
from console.people.adapters import SocialAccountAdapter, invited
from console.people.models import User
from tests import factories

pytestmark = pytest.mark.django_db


def sign_in(name: str, password: str = factories.PASSWORD) -> Client | None:
    client = Client()
    client.post("/accounts/login/", {"login": name, "password": password})
    return client if "_auth_user_id" in client.session else None


def test_a_person_signs_in_by_name_or_address(ana: User) -> None:
    assert sign_in("ana")
    assert sign_in("ANA@hospital.test")


def test_a_wrong_password_does_not_sign_in(ana: User) -> None:
    assert not sign_in("ana", "wrong")


def test_inactive_people_service_accounts_and_concord_do_not_sign_in(ana: User, pipe: User) -> None:
    User.objects.filter(pk=ana.pk).update(is_active=False)
    concord = queries.system()
    concord.set_password(factories.PASSWORD)
    concord.is_active = True
    concord.save()
    assert not sign_in("ana")
    assert not sign_in("pipe")
    assert not sign_in("concord")


def test_no_one_signs_up() -> None:
    client = Client()
    answer = client.post(
        "/accounts/signup/",
        {
            "username": "mallory",
            "email": "m@evil.test",
            "password1": factories.PASSWORD,
            "password2": factories.PASSWORD,
        },
    )
    assert b"invite" in answer.content.lower()
    assert not User.objects.filter(username="mallory").exists()


def test_failed_sign_ins_are_limited(ana: User) -> None:
    client = Client()
    answers = [
        client.post("/accounts/login/", {"login": "ana", "password": f"wrong-{number}"}).content.decode()
        for number in range(7)
    ]
    assert "Too many failed" in answers[-1]
    client.post("/accounts/login/", {"login": "ana", "password": factories.PASSWORD})
    assert "_auth_user_id" not in client.session


def test_an_invited_person_sets_a_password_by_the_link_once(client: Client, ada: User) -> None:
    client.force_login(ada)
    form = {"username": "nina", "name": "Nina Novak", "email": "nina@hospital.test"}
    page = client.post("/people/invite/", form).content.decode()
    found = re.search(r"/accounts/password/reset/key/[\w-]+/", page)
    assert found
    path = found.group()
    browser = Client()
    form_page = browser.get(path, follow=True)
    target = form_page.redirect_chain[-1][0]
    browser.post(target, {"password1": factories.PASSWORD, "password2": factories.PASSWORD})
    assert sign_in("nina")
    again = Client().get(path, follow=True)
    assert b"password1" not in again.content


def sign_on(*, address: str, verified: object = True, by: User | None = None) -> User | None:
    """A first single sign-on; gives whom it was tied to. Raises ImmediateHttpResponse."""
    request = RequestFactory().get("/")
    request.user = by or AnonymousUser()
    account = SocialAccount(provider="sso", uid=f"uid-{address}", extra_data={})
    login = SocialLogin(
        account=account, user=User(), email_addresses=[EmailAddress(email=address, verified=verified, primary=True)]
    )
    SocialAccountAdapter().pre_social_login(request, login)
    return login.user if login.is_existing else None


@pytest.mark.parametrize(
    ("address", "verified"),
    [("mallory@evil.test", True), ("ana@hospital.test", False), ("ana@hospital.test", "false"), ("", True)],
)
def test_single_sign_on_creates_no_one_and_believes_no_unverified_address(
    ana: User, rf: RequestFactory, address: str, verified: object
) -> None:
    before = User.objects.count()
    with pytest.raises(ImmediateHttpResponse) as refused:
        sign_on(address=address, verified=verified)
    assert refused.value.response.status_code == 403
    assert b"no user with your verified email address has been invited" in refused.value.response.content
    assert User.objects.count() == before
    assert not SocialAccount.objects.exists()


def test_single_sign_on_refuses_inactive_people_and_service_accounts(ana: User, pipe: User) -> None:
    User.objects.filter(pk=ana.pk).update(is_active=False)
    for address in ("ana@hospital.test", "pipe@hospital.test"):
        with pytest.raises(ImmediateHttpResponse):
            sign_on(address=address)


def test_no_one_ties_a_stranger_s_sign_on_to_their_own_account(ana: User, ben: User) -> None:
    with pytest.raises(ImmediateHttpResponse):
        sign_on(address="ben@hospital.test", by=ana)


def test_two_people_behind_one_sign_on_are_no_one(ana: User, ben: User) -> None:
    login = SocialLogin(
        account=SocialAccount(),
        user=User(),
        email_addresses=[EmailAddress(email=f"{name}@hospital.test", verified=True) for name in ("ana", "ben")],
    )
    assert invited(login) is None
