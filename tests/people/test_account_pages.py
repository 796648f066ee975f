"""Every page of sign-in and MFA is drawn in the page frame, for those who need it."""

from __future__ import annotations

from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django import forms
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from console.people.models import User
from tests import factories
from tests.databases import ROOT

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def recent(ana: User) -> Client:
    """Ana, who signed in with her password a moment ago."""
    client = Client()
    client.post("/accounts/login/", {"login": "ana", "password": factories.PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": factories.PASSWORD})
    return client


@pytest.mark.parametrize(
    "path", ["login", "password/reset", "password/reset/done", "password/reset/key/done", "inactive"]
)
def test_pages_for_visitors(db: None, path: str) -> None:
    page = Client().get(f"/accounts/{path}/")
    assert page.status_code == 200
    assert "Concord" in page.content.decode()


@pytest.mark.parametrize(
    "path",
    ["logout", "password/change", "reauthenticate", "2fa", "2fa/totp/activate", "2fa/webauthn/add", "2fa/webauthn"],
)
def test_pages_for_someone_signed_in(recent: Client, path: str) -> None:
    page = recent.get(f"/accounts/{path}/")
    assert page.status_code == 200, page.content.decode()[:500]
    assert "Ana" in page.content.decode()


def test_recovery_codes_and_the_second_step(recent: Client, ana: User) -> None:
    TOTP.activate(ana, generate_totp_secret())
    RecoveryCodes.activate(ana)
    assert Authenticator.objects.filter(user=ana).count() == 2
    for path in ("2fa", "2fa/recovery-codes", "2fa/reauthenticate"):
        assert recent.get(f"/accounts/{path}/").status_code == 200, path
    fresh = Client()
    step = fresh.post("/accounts/login/", {"login": "ana", "password": factories.PASSWORD}, follow=True)
    assert "code" in step.content.decode().lower()


def test_too_many_attempts_have_a_page_of_their_own() -> None:
    page = render_to_string("429.html", request=RequestFactory().get("/accounts/login/"))
    assert "Concord" in page


@pytest.mark.parametrize(
    "path", sorted((ROOT / "templates/allauth/elements").glob("*.html")), ids=lambda path: path.stem
)
def test_elements_of_allauth_s_own_pages(path: Path) -> None:
    class Asked(forms.Form):
        code = forms.CharField()

    attrs = {"form": Asked(), "id": "code", "name": "code", "type": "text", "label": "Code", "level": "info"}
    context = {"attrs": attrs | {"alt": "A picture", "src": "/static/img/x.svg"}, "slots": {"default": ["Concord"]}}
    drawn = render_to_string(f"allauth/elements/{path.name}", context, RequestFactory().get("/"))
    assert "<script" not in drawn
    assert drawn.strip()
