"""Correlation ids and the acting person, for every request."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from console import correlation
from console.audit import attribution
from console.audit.attribution import Acting

Next = Callable[[HttpRequest], HttpResponse]


class CorrelationMiddleware:
    """Gives each request a correlation id and returns it as ``X-Correlation-ID``."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer under a correlation id."""
        value = correlation.begin(request.headers.get("X-Correlation-ID"))
        try:
            response = self.get_response(request)
        finally:
            correlation.end()
        response["X-Correlation-ID"] = value
        return response


class ActorMiddleware:
    """Attributes row changes outside of actions (sign-in, passkeys) to the person of the request."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the request\'s person as the actor."""
        with attribution.at_entry_point(lambda: _acting(request)):
            return self.get_response(request)


def _acting(request: HttpRequest) -> Acting:
    """Asked at each write: signing in changes the person half-way. The view's name is purpose enough."""
    match = request.resolver_match
    purpose = (match.view_name or "request") if match else "request"
    user = getattr(request, "user", None)
    return Acting(user.pk if user is not None and user.is_authenticated else None, purpose)
