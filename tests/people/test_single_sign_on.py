"""Single sign-on from settings alone, against a provider that speaks OpenID Connect."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from console import environment
from console.people.models import User
from tests.people import oidc

pytestmark = pytest.mark.django_db


def sign_on(client: Client, provider: oidc.Provider, settings: object, monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.setenv("OIDC_ISSUER", provider.url)
    monkeypatch.setenv("OIDC_CLIENT_ID", oidc.CLIENT)
    monkeypatch.setenv("OIDC_CLIENT_SECRET", oidc.SECRET)
    monkeypatch.setenv("OIDC_NAME", "Hospital sign-on")
    settings.SOCIALACCOUNT_PROVIDERS = environment.openid_connect()
    assert b"Hospital sign-on" in client.get("/accounts/login/").content
    away = client.post("/accounts/oidc/sso/login/?process=login")
    assert away.status_code == 302, away.content
    asked = parse_qs(urlsplit(away["Location"]).query)
    back = {"code": provider.grant(asked), "state": asked["state"][0]}
    return client.get("/accounts/oidc/sso/login/callback/", back)


def test_an_invited_person_is_known_by_a_verified_address_and_then_by_the_provider(
    client: Client, ana: User, settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    with oidc.provider(sub="u-1", email="Ana@Hospital.test", email_verified=True) as provider:
        answer = sign_on(client, provider, settings, monkeypatch)
        assert answer.status_code == 302
        assert client.get("/me/").status_code == 200
        assert SocialAccount.objects.get().user == ana
        provider.claims.update(email="renamed@hospital.test")
        again = Client()
        sign_on(again, provider, settings, monkeypatch)
        assert again.get("/me/").status_code == 200
        assert SocialAccount.objects.count() == 1


def test_it_brings_its_own_second_factor(
    client: Client, ana: User, settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.REQUIRE_MFA = True
    with oidc.provider(sub="u-1", email="ana@hospital.test", email_verified=True) as provider:
        sign_on(client, provider, settings, monkeypatch)
    assert client.get("/me/").status_code == 200


@pytest.mark.parametrize(
    "claims", [{"email": "mallory@evil.test", "email_verified": True}, {"email": "ana@hospital.test"}]
)
def test_no_one_else_gets_in_and_no_one_is_made(
    client: Client, ana: User, settings: object, monkeypatch: pytest.MonkeyPatch, claims: dict[str, object]
) -> None:
    before = User.objects.count()
    with oidc.provider(sub="u-2", **claims) as provider:
        answer = sign_on(client, provider, settings, monkeypatch)
    assert answer.status_code == 403
    assert b"has been invited here" in answer.content
    assert client.get("/me/").status_code == 302
    assert User.objects.count() == before


def test_a_deactivated_person_stays_out_though_the_provider_knows_them(
    client: Client, ana: User, settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    SocialAccount.objects.create(user=ana, provider="sso", uid="u-1")
    User.objects.filter(pk=ana.pk).update(is_active=False)
    with oidc.provider(sub="u-1", email="ana@hospital.test", email_verified=True) as provider:
        sign_on(client, provider, settings, monkeypatch)
    assert client.get("/me/").status_code == 302
