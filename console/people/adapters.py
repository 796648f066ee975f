"""Adapt allauth: no sign-up, and only invited, active people sign in."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.http import HttpRequest, HttpResponse

from console.errors import Denied
from console.people import reauthentication
from console.people.models import User, UserKind
from console.web import refusals

UNINVITED = (
    "Your single sign-on worked, but no user with your verified email address has been invited here. "
    "Ask an administrator of Concord to invite you with that address."
)


class AccountAdapter(DefaultAccountAdapter):
    """Sign in people only: service accounts use tokens, and the system account cannot sign in."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: people are invited."""
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """As allauth does, but an account that is no person's answers like a wrong password."""
        user = super().authenticate(request, **credentials)
        return user if user is not None and user.is_person else None

    def pre_login(self, request: HttpRequest, user: User, **details: Any) -> HttpResponse | None:
        """Refuse inactive users and accounts that are not people, whichever way they signed in."""
        if not user.is_person:
            return refusals.page(request, Denied("This account cannot sign in."))
        found: HttpResponse | None = super().pre_login(request, user, **details)
        return found


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """Lets in those whom an administrator invited, known by an e-mail address that the provider says it verified."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Refuse: single sign-on creates no users."""
        return False

    def is_auto_signup_allowed(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Never."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Tie a first sign-on to the invited person of that address. Raises ImmediateHttpResponse for anybody else.

        Who comes back only to prove who they are, for a signature, is neither signed in nor tied to anything.
        """
        if reauthentication.is_answer(sociallogin):
            reauthentication.provider_answered(request, sociallogin)
            return
        if sociallogin.is_existing:
            return
        person = invited(sociallogin)
        signed_in = request.user if request.user.is_authenticated else None
        if person is None or (signed_in is not None and signed_in != person):
            raise ImmediateHttpResponse(refusals.page(request, Denied(UNINVITED)))
        sociallogin.connect(request, person)


def invited(sociallogin: SocialLogin) -> User | None:
    """The one active person whose address the provider verified; None without one, or with more than one."""
    # Some providers send "false" as a word: only a true value counts as verified.
    verified = [address.email for address in sociallogin.email_addresses if address.verified is True]
    found = {
        person.pk: person
        for address in verified
        for person in User.objects.filter(kind=UserKind.PERSON, is_active=True, email__iexact=address)
        if address
    }
    return next(iter(found.values())) if len(found) == 1 else None
