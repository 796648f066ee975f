"""One place that turns refusals into answers: a page, a fragment or JSON, each with the right status."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from rest_framework.response import Response
from rest_framework.views import exception_handler

from console.errors import Refusal

Next = Callable[[HttpRequest], HttpResponse]


class RefusalMiddleware:
    """Answers a Refusal raised by a view with its status and sentence."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Render a Refusal; leave everything else to Django."""
        return page(request, error) if isinstance(error, Refusal) else None


def page(request: HttpRequest, error: Refusal) -> HttpResponse:
    """The refusal as JSON for the API, as a page for people."""
    if request.path.startswith("/api/"):
        return JsonResponse(body(error), status=error.status)
    context = {"status": error.status, "sentence": error.sentence, "code": error.code}
    return render(request, "errors/refusal.html", context, status=error.status)


def body(error: Refusal) -> dict[str, Any]:
    """The JSON form of a refusal."""
    return {"error": error.code, "detail": error.sentence, **error.details}


def api_exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's handler, taught refusals."""
    if isinstance(error, Refusal):
        return Response(body(error), status=error.status)
    return exception_handler(error, context)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was sent without its token, most often because the session ended meanwhile."""
    sentence = "This form was opened in an earlier session. Go back, reload the page and send it again."
    context = {"status": 403, "sentence": sentence, "code": "csrf"}
    return render(request, "errors/refusal.html", context, status=403)
