"""Confirm your identity: for one act, once, within 5 minutes, and never by an earlier sign-in."""

from __future__ import annotations

import datetime as dt
import json
import time
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from allauth.core import context
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.mfa.webauthn.internal import auth as webauthn
from allauth.socialaccount.models import SocialAccount
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from django.test import RequestFactory

from console.audit.models import LogEntry
from console.people import reauthentication
from console.people.models import User
from console.people.reauthentication import ReauthenticationFailed
from tests import factories

pytestmark = pytest.mark.django_db


def request_of(user: User, session: SessionStore | None = None) -> HttpRequest:
    request = RequestFactory().post("/")
    request.user, request.session = user, session or SessionStore()
    return request


def begin(request: HttpRequest, content: str = "c0ffee") -> reauthentication.Intent:
    return reauthentication.begin(request, act="vote", subject="GATE-3", content=content, kept={"choice": "go"})


def test_a_password_proves_one_intent_once(ana: User) -> None:
    request = request_of(ana)
    intent = begin(request)
    proof = reauthentication.by_password(request, intent, password=factories.PASSWORD)
    assert (proof.method, proof.intent) == ("password", intent.key)
    assert reauthentication.waiting(request, act="vote", subject="GATE-3") is None
    with pytest.raises(ReauthenticationFailed, match="already signed"):
        reauthentication.by_password(request, intent, password=factories.PASSWORD)


def test_two_requests_of_one_session_do_not_both_use_an_intent(ana: User) -> None:
    """Each has read the session before the other wrote it, as two web processes do."""
    one = request_of(ana)
    intent = begin(one)
    two = request_of(ana)
    two.session.update(json.loads(json.dumps(dict(one.session))))
    reauthentication.by_password(one, intent, password=factories.PASSWORD)
    with pytest.raises(ReauthenticationFailed):
        reauthentication.by_password(two, intent, password=factories.PASSWORD)


def test_an_intent_ends_after_five_minutes_and_a_clock_set_back_revives_none(ana: User) -> None:
    now = dt.datetime(2026, 5, 4, 9, 0, tzinfo=dt.UTC)
    with time_machine.travel(now, tick=False) as clock:
        request = request_of(ana)
        intent = begin(request)
        for seconds in (reauthentication.SECONDS + 1, -5):
            clock.move_to(now + dt.timedelta(seconds=seconds))
            assert reauthentication.waiting(request, act="vote", subject="GATE-3") is None
            with pytest.raises(ReauthenticationFailed, match="5 minutes"):
                reauthentication.by_password(request, intent, password=factories.PASSWORD)


def test_an_intent_is_for_its_act_its_thing_and_its_person(ana: User, ben: User) -> None:
    request = request_of(ana)
    intent = begin(request)
    assert reauthentication.waiting(request, act="vote", subject="GATE-3") == intent
    assert reauthentication.waiting(request, act="decide", subject="GATE-3") is None
    assert reauthentication.waiting(request, act="vote", subject="GATE-4") is None
    other = request_of(ben, request.session)
    assert reauthentication.waiting(other, act="vote", subject="GATE-3") is None
    with pytest.raises(ReauthenticationFailed):
        reauthentication.by_password(other, intent, password=factories.PASSWORD)


def test_a_newer_intent_takes_the_place_of_an_older_one(ana: User) -> None:
    request = request_of(ana)
    older = begin(request)
    begin(request, "other")
    with pytest.raises(ReauthenticationFailed):
        reauthentication.by_password(request, older, password=factories.PASSWORD)


def test_failed_tries_are_logged_without_what_was_typed_and_limited(ana: User) -> None:
    request = request_of(ana)
    said = []
    for number in range(7):
        with pytest.raises(ReauthenticationFailed) as refused:
            reauthentication.by_password(request, begin(request), password=f"guess-{number}")
        said.append(refused.value.sentence)
    assert said[0] == "Incorrect password."
    assert said[-1] == reauthentication.TOO_OFTEN
    logged = LogEntry.objects.filter(verb="session.proof_failed", actor=ana)
    assert logged.count() == 5
    assert "guess" not in str(list(logged.values_list("facts", flat=True)))
    with pytest.raises(ReauthenticationFailed, match="Too many"):
        reauthentication.by_password(request, begin(request), password=factories.PASSWORD)


def test_a_second_factor_is_asked_of_anyone_who_has_one(ana: User) -> None:
    TOTP.activate(ana, generate_totp_secret())
    request = request_of(ana)
    assert reauthentication.ways(ana, request).code
    with pytest.raises(ReauthenticationFailed) as refused:
        reauthentication.by_password(request, begin(request), password=factories.PASSWORD)
    assert refused.value.field == "code"


def test_a_passkey_is_not_walked_around_by_a_password(ana: User, monkeypatch: pytest.MonkeyPatch) -> None:
    Authenticator.objects.create(user=ana, type=Authenticator.Type.WEBAUTHN, data={"name": "key", "credential": {}})
    request = request_of(ana)
    assert reauthentication.ways(ana, request) == reauthentication.Ways(
        password=False, code=False, passkey=True, provider=""
    )
    with pytest.raises(ReauthenticationFailed):
        reauthentication.by_password(request, begin(request), password=factories.PASSWORD)


def test_a_passkeys_challenge_belongs_to_one_intent_wants_its_owner_and_is_answered_once(
    ana: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = Authenticator.objects.create(
        user=ana, type=Authenticator.Type.WEBAUTHN, data={"name": "key", "credential": {}}
    )
    asked: list[Any] = []

    class Server:
        """RiskStatusView in for the browser's half: no key can be pressed here. It notes what was asked for."""

        def authenticate_begin(self, credentials: Any, user_verification: Any) -> Any:
            asked.append(str(user_verification.value))
            return {"publicKey": {"challenge": f"c{len(asked)}"}}, {"challenge": f"c{len(asked)}"}

        def authenticate_complete(self, state: Any, credentials: Any, response: Any) -> Any:
            if response != state["challenge"]:
                raise ValueError("Wrong challenge in response.")
            return SimpleNamespace(credential_id=b"key")

    monkeypatch.setattr(webauthn, "get_server", Server)
    monkeypatch.setattr(webauthn, "get_credentials", lambda user: [])
    monkeypatch.setattr(webauthn, "get_authenticator_by_credential_id", lambda user, name: key)
    monkeypatch.setattr(reauthentication, "AuthenticationResponse", SimpleNamespace(from_dict=lambda said: said))
    request = request_of(ana)
    intent = begin(request)
    reauthentication.passkey_options(request, intent)
    assert asked == ["required"]
    with pytest.raises(ReauthenticationFailed):
        reauthentication.by_passkey(request, intent, "c0")
    with pytest.raises(ReauthenticationFailed):
        reauthentication.by_passkey(request, intent, "c1")  # the challenge was used up by the wrong answer
    reauthentication.passkey_options(request, intent)
    newer = begin(request, "other")
    with pytest.raises(ReauthenticationFailed):
        reauthentication.by_passkey(request, intent, "c2")  # asked for the intent before
    reauthentication.passkey_options(request, newer)
    assert reauthentication.by_passkey(request, newer, "c3").method == "passkey"
    assert LogEntry.objects.filter(verb="session.proof_failed", facts__way="passkey").count() == 3


@pytest.mark.parametrize("said", [None, "", 7, [], {}, {"id": "x"}, {"id": "eA", "rawId": "eA", "response": {}}])
def test_no_nonsense_of_a_browser_is_a_passkey(ana: User, said: Any) -> None:
    request = request_of(ana)
    intent = begin(request)
    with context.request_context(request):
        reauthentication.passkey_options(request, intent)
        with pytest.raises(ReauthenticationFailed):
            reauthentication.by_passkey(request, intent, said)


def answer(request: HttpRequest, intent: reauthentication.Intent, **claims: Any) -> Any:
    """Someone comes back from the provider, as allauth tells it."""
    user = claims.pop("user", request.user)
    info = claims.pop("info", {"sub": "u-1"})
    token = {"sub": "u-1", "auth_time": int(time.time())} | claims
    token = {name: value for name, value in token.items() if value is not ...}
    account = SocialAccount(provider="sso", uid="u-1", user=user, extra_data={"id_token": token, "userinfo": info})
    login = SimpleNamespace(account=account, user=user, is_existing=True, state={"data": {"proving": intent.key}})
    assert reauthentication.is_answer(login)  # type: ignore[arg-type]
    reauthentication.provider_answered(request, login)  # type: ignore[arg-type]
    return login


def test_the_provider_proves_it_when_it_asked_after_the_intent_began(ana: User) -> None:
    request = request_of(ana)
    intent = begin(request)
    answer(request, intent)
    assert reauthentication.answered(request, intent)
    assert reauthentication.by_provider(request, intent).method == "provider"
    with pytest.raises(ReauthenticationFailed):
        reauthentication.by_provider(request, intent)


@pytest.mark.parametrize(
    "claims",
    [
        {"auth_time": 1_700_000_000},
        {"auth_time": ...},
        {"auth_time": "1999999999"},
        {"auth_time": True},
        {"info": {"sub": "u-2"}},
        {"sub": "u-9"},
    ],
)
def test_an_earlier_sign_in_at_the_provider_or_another_person_proves_nothing(ana: User, claims: dict[str, Any]) -> None:
    request = request_of(ana)
    intent = begin(request)
    answer(request, intent, **claims)
    with pytest.raises(ReauthenticationFailed):
        reauthentication.by_provider(request, intent)
    assert LogEntry.objects.filter(verb="session.proof_failed", facts__way="provider").count() == 1


def test_someone_elses_answer_proves_nothing(ana: User, ben: User) -> None:
    request = request_of(ana)
    intent = begin(request)
    answer(request, intent, user=ben)
    with pytest.raises(ReauthenticationFailed):
        reauthentication.by_provider(request, intent)


def test_an_answer_to_another_intent_is_not_heard(ana: User) -> None:
    request = request_of(ana)
    older = begin(request)
    newer = begin(request, "other")
    answer(request, older)
    assert not reauthentication.answered(request, newer)
    with pytest.raises(ReauthenticationFailed):
        reauthentication.by_provider(request, newer)


def test_a_proof_for_a_signature_serves_for_nothing_else(ana: User) -> None:
    """What needs a recent re-authentication still asks for one."""
    request = request_of(ana)
    reauthentication.by_password(request, begin(request), password=factories.PASSWORD)
    assert "account_authentication_methods" not in request.session
