"""Correlation ids and the acting person, for every request."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from console import correlation

Next = Callable[[HttpRequest], HttpResponse]


class CorrelationMiddleware:
    """Gives each request a correlation id and returns it as ``X-Correlation-ID``."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
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
        return self.get_response(request)
