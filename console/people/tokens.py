"""Service accounts' tokens as a DRF authentication, and the permission class of every API view."""

from __future__ import annotations

import logging
from typing import Any

from django.db import DatabaseError
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from console.errors import Denied
from console.people import permissions, rules, secret
from console.people.actions import note_use
from console.people.models import ServiceToken, User, UserKind

logger = logging.getLogger(__name__)

UNKNOWN = "Invalid token."


class TokenAuthentication(BaseAuthentication):
    """``Authorization: Bearer cnc_…``. Looks the token up by its hash, so that no comparison leaks its text by time."""

    def authenticate(self, request: Request) -> tuple[User, ServiceToken] | None:
        """The account and its token; None when the request names none. Raises AuthenticationFailed (401)."""
        words = get_authorization_header(request).split()
        if not words or words[0].lower() != b"bearer":
            return None
        if len(words) != 2:
            raise AuthenticationFailed("The Authorization header must read: Bearer, a space, and the token.")
        token = self._find(words[1])
        problem = rules.token_problem(
            revoked=token.revoked, expires_at=token.expires_at, active=token.user.is_active, now=timezone.now()
        )
        if problem:
            raise AuthenticationFailed(problem)
        user = token.user
        user.token_scopes = frozenset(token.scopes)
        try:
            note_use(token=token, by=user)
        except DatabaseError:
            # The day of last use is a convenience: a standby that cannot write must still answer reads.
            logger.warning("The day of a token's last use could not be kept.")
        return user, token

    def authenticate_header(self, request: Request) -> str:
        """What a 401 asks for."""
        return 'Bearer realm="concord"'

    @staticmethod
    def _find(given: bytes) -> ServiceToken:
        text = given.decode("ascii", errors="replace")
        if not text.startswith(secret.PREFIX) or len(text) > 100:
            raise AuthenticationFailed(UNKNOWN)
        services = ServiceToken.objects.select_related("user").filter(user__kind=UserKind.SERVICE)
        token = services.filter(digest=secret.digest(text)).first()
        if token is None:
            raise AuthenticationFailed(UNKNOWN)
        return token


def requires(permission: str, *others: str) -> type[BasePermission]:
    """A DRF permission class: lets in who holds ``permission``, or one of ``others``, on the console or on anything.

    Whether they hold it on the very thing they ask for is up to the action or query behind the view.
    """

    class Requires(BasePermission):
        """Raises Denied (403) with a sentence that names the missing scope or permission."""

        required = permission

        def has_permission(self, request: Request, view: Any) -> bool:
            """Return False only without a signed-in user, which DRF turns into 401."""
            user = request.user
            if not user or not user.is_authenticated:
                return False
            enough = (permission, *others)
            if user.token_scopes is not None and not any(one in user.token_scopes for one in enough):
                raise Denied(f"This token lacks the scope {' or '.join(enough)}.")
            if not any(permissions.holds(user, one) for one in enough):
                raise Denied(f"Your roles do not allow this; it needs {' or '.join(enough)}.")
            return True

    return Requires


def persons_only(sentence: str) -> type[BasePermission]:
    """A DRF permission class: refuses service accounts with a sentence, before their scopes are looked at."""

    class PersonsOnly(BasePermission):
        """Raises Denied (403) with the sentence."""

        def has_permission(self, request: Request, view: Any) -> bool:
            """Return True for people, and for no one signed in: that is the next permission's question."""
            if getattr(request.user, "kind", None) == UserKind.SERVICE:
                raise Denied(sentence)
            return True

    return PersonsOnly
