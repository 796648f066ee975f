"""Re-authenticate for one signature. An earlier sign-in is never reused.

An *intent* says what is to be signed. It is kept in the session on the server, names the exact content by its digest,
ends after five minutes and is used once. A *proof* answers one intent: a password (with an authentication code
where MFA is set up), a passkey that verified its owner, or the sign-on provider, asked after the intent began.
"""

from __future__ import annotations

import datetime as dt
import secrets
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from allauth.core import ratelimit
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth as webauthn
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from allauth.socialaccount.providers.base.constants import AuthProcess
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from fido2.webauthn import AuthenticationResponse, UserVerificationRequirement

from console.errors import Invalid
from console.people import actions
from console.people.models import User

SECONDS: Final = 300
_SLOT: Final = "proving"
_CODES: Final = (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES)

GONE: Final = "Your confirmation expired after 5 minutes, or this was already signed. Review and sign again."
TOO_OFTEN: Final = "Too many tries. Wait five minutes before you try again."


class ReauthenticationFailed(Invalid):
    """The person did not prove who they are. ``field`` names the input that was wrong, or is empty."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True, slots=True)
class Intent:
    """What a person is about to sign. ``at``: seconds since 1970; ``kept``: values that the view needs afterwards."""

    key: str
    person: int
    act: str
    subject: str
    content: str
    at: int
    kept: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Proof:
    """That the person proved who they are for one intent. ``method``: password, password+totp, passkey, provider."""

    method: str
    at: dt.datetime
    intent: str


@dataclass(frozen=True, slots=True)
class Ways:
    """Ways in which a person can re-authenticate. ``provider``: the name of their sign-on provider, or empty."""

    password: bool
    code: bool
    passkey: bool
    provider: str

    @property
    def any(self) -> bool:
        """Whether there is any way at all."""
        return self.password or self.passkey or bool(self.provider)


def ways(user: User, request: HttpRequest) -> Ways:
    """Return the person's ways to re-authenticate. A password alone is not enough where MFA is set up."""
    kinds = set(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    passkey, code = Authenticator.Type.WEBAUTHN in kinds, Authenticator.Type.TOTP in kinds
    account = _account(user)
    return Ways(
        password=user.has_usable_password() and (code or not passkey),
        code=code,
        passkey=passkey,
        provider=str(_provider(request, account).name) if account else "",
    )


def begin(
    request: HttpRequest, *, act: str, subject: str, content: str, kept: Mapping[str, Any] | None = None
) -> Intent:
    """Remember what is to be signed; ``content`` is the digest of all of it. It replaces an earlier intent."""
    intent = Intent(
        secrets.token_urlsafe(18), _user(request).pk, act, subject, content, int(time.time()), dict(kept or {})
    )
    request.session[_SLOT] = {"intent": asdict(intent)}
    return intent


def waiting(request: HttpRequest, *, act: str, subject: str) -> Intent | None:
    """The session's intent for this act on this subject, while it may still be proven."""
    found = request.session.get(_SLOT, {}).get("intent")
    intent = Intent(**found) if found else None
    if intent is None or (intent.act, intent.subject) != (act, subject) or intent.person != _user(request).pk:
        return None
    return intent if 0 <= time.time() - intent.at <= SECONDS else None


def by_password(request: HttpRequest, intent: Intent, *, password: str, code: str = "") -> Proof:
    """Verify a password, and an authentication code where MFA is set up. Raises ReauthenticationFailed."""
    user = _user(request)
    allowed = ways(user, request)
    if not allowed.password:
        raise ReauthenticationFailed("You cannot sign with a password. Use your passkey or your sign-on provider.")
    _count_try(request, user)
    if not user.check_password(password):
        raise _failed(intent, user, "password", "Incorrect password.", "password")
    method = "password"
    if allowed.code:
        used = _code_of(user, code)
        if used is None:
            sentence = "Incorrect code. Each code works once: wait for the next one."
            raise _failed(intent, user, "code", sentence, "code")
        used.record_usage()
        method = f"password+{used.type}"
    _forgive(request, user)
    return _use(request, intent, method)


def passkey_options(request: HttpRequest, intent: Intent) -> dict[str, Any]:
    """What the browser needs to ask for the passkey: a challenge for this intent alone."""
    options, state = webauthn.get_server().authenticate_begin(
        credentials=webauthn.get_credentials(_user(request)), user_verification=UserVerificationRequirement.REQUIRED
    )
    request.session[_SLOT] = {"intent": asdict(intent), "challenge": state}
    return dict(options)


def by_passkey(request: HttpRequest, intent: Intent, credential: Any) -> Proof:
    """Prove it by a passkey that verified its owner (PIN, finger, face). Raises ReauthenticationFailed."""
    user, slot = _user(request), request.session.get(_SLOT, {})
    _count_try(request, user)
    state = slot.pop("challenge", None)  # a challenge is answered once, rightly or wrongly
    request.session.modified = True
    found = _passkey(user, state, credential) if state and slot.get("intent", {}).get("key") == intent.key else None
    if found is None:
        raise _failed(intent, user, "passkey", "Passkey check failed. Try again.", "")
    found.record_usage()
    _forgive(request, user)
    return _use(request, intent, "passkey")


def to_provider(request: HttpRequest, intent: Intent, *, back: str) -> HttpResponse:
    """Send the person to their sign-on provider for a new sign-in; they return to ``back``."""
    account = _account(_user(request))
    if account is None:
        raise ReauthenticationFailed("Your account is not linked to single sign-on.")
    provider = _provider(request, account)
    asked = {**provider.get_auth_params(), "prompt": "login", "max_age": "0"}
    away: HttpResponse = provider.redirect(
        request, AuthProcess.REDIRECT, next_url=back, data={_SLOT: intent.key}, auth_params=asked
    )
    return away


def is_answer(sociallogin: SocialLogin) -> bool:
    """Whether the provider's response answers a re-authentication and not a sign-in."""
    return _SLOT in (sociallogin.state.get("data") or {})


def provider_answered(request: HttpRequest, sociallogin: SocialLogin) -> None:
    """Note in the session what the provider said; ``by_provider`` turns it into a proof or a refusal."""
    slot = request.session.get(_SLOT, {})
    key = sociallogin.state["data"][_SLOT]
    if not request.user.is_authenticated or slot.get("intent", {}).get("key") != key:
        return
    said = sociallogin.account.extra_data if isinstance(sociallogin.account.extra_data, dict) else {}
    token, info = said.get("id_token") or {}, said.get("userinfo") or {}
    same = sociallogin.is_existing and sociallogin.user == request.user
    same = same and (not info or info.get("sub") == token.get("sub"))
    slot["answer"] = {"same": bool(same), "auth_time": token.get("auth_time")}
    request.session.modified = True


def answered(request: HttpRequest, intent: Intent) -> bool:
    """Whether the provider has answered this intent."""
    slot = request.session.get(_SLOT, {})
    return slot.get("intent", {}).get("key") == intent.key and "answer" in slot


def by_provider(request: HttpRequest, intent: Intent) -> Proof:
    """Accept the provider's response.

    Raises ReauthenticationFailed when it names another person or reuses an earlier sign-in.
    """
    user, answer = _user(request), request.session.get(_SLOT, {}).pop("answer", None)
    request.session.modified = True
    if answer is None or not answered_for(answer):
        raise _failed(intent, user, "provider", "Your sign-on provider did not confirm your identity.", "")
    asked_at = answer["auth_time"]
    if not isinstance(asked_at, int) or isinstance(asked_at, bool) or asked_at < intent.at:
        sentence = "Your provider reused an earlier sign-in. Signing requires a new one."
        raise _failed(intent, user, "provider", sentence, "")
    return _use(request, intent, "provider")


def answered_for(answer: Mapping[str, Any]) -> bool:
    """Whether the provider named the very person who is signed in."""
    return answer.get("same") is True


def _use(request: HttpRequest, intent: Intent, method: str) -> Proof:
    """Use the intent up. The cache decides between two requests of one session; the first one wins."""
    kept = request.session.get(_SLOT, {}).get("intent", {})
    fresh = 0 <= time.time() - intent.at <= SECONDS
    if kept.get("key") != intent.key or not fresh or intent.person != _user(request).pk:
        raise ReauthenticationFailed(GONE)
    del request.session[_SLOT]
    if not cache.add(f"proving:{intent.key}", method, timeout=2 * SECONDS):
        raise ReauthenticationFailed(GONE)
    return Proof(method, timezone.now(), intent.key)


def _count_try(request: HttpRequest, user: User) -> None:
    """Limit attempts to allauth's rate of re-authentication, and to five failures in five minutes."""
    often = ratelimit.consume(request, action="reauthenticate", user=user)
    if not often or not ratelimit.consume(request, action="login_failed", key=f"prove-{user.pk}"):
        raise ReauthenticationFailed(TOO_OFTEN)


def _forgive(request: HttpRequest, user: User) -> None:
    ratelimit.clear(request, action="login_failed", key=f"prove-{user.pk}")


def _failed(intent: Intent, user: User, way: str, sentence: str, field: str) -> ReauthenticationFailed:
    actions.proof_failed(act=intent.act, subject=intent.subject, way=way, by=user)
    return ReauthenticationFailed(sentence, field)


def _code_of(user: User, code: str) -> Authenticator | None:
    """The authenticator whose code this is; using it up."""
    given = "".join(code.split())
    rows = Authenticator.objects.filter(user=user, type__in=_CODES).order_by("-type")
    return next((row for row in rows if given and row.wrap().validate_code(given)), None)


def _passkey(user: User, state: Any, credential: Any) -> Authenticator | None:
    try:
        response = AuthenticationResponse.from_dict(credential)
        binding = webauthn.get_server().authenticate_complete(state, webauthn.get_credentials(user), response)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    found = webauthn.get_authenticator_by_credential_id(user, binding.credential_id)
    return found if isinstance(found, Authenticator) else None


def _account(user: User) -> SocialAccount | None:
    return SocialAccount.objects.filter(user=user).order_by("-last_login").first()


def _provider(request: HttpRequest, account: SocialAccount) -> Any:
    return get_adapter().get_provider(request, provider=account.provider)


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
