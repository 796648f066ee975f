"""One place that turns refusals into answers: a page, a fragment or JSON, each with the right status."""

from __future__ import annotations

import errno
import logging
import sys
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import unquote

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import DataError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from redis.exceptions import RedisError
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler, set_rollback

from console.correlation import current
from console.errors import Denied, Invalid, Missing, Refusal, Unavailable
from console.numbers import whole
from console.web.addresses import is_api
from console.web.parsers import MalformedBody

logger = logging.getLogger(__name__)

Next = Callable[[HttpRequest], HttpResponse]

UNKEEPABLE: Final = "A value is too long, too large or contains characters that cannot be stored."
ABSENT: Final = "is not responding. No partial changes were saved. Try again in a minute."

#: What DRF raises, in the words of refusals: code and sentence. None: DRF's own sentence says it best.
API_WORDS: Final[dict[type[exceptions.APIException], tuple[str, str | None]]] = {
    exceptions.NotAuthenticated: ("signed_out", "Sign in, or send a service account's token."),
    exceptions.AuthenticationFailed: ("signed_out", None),
    exceptions.PermissionDenied: ("denied", None),
    exceptions.NotFound: ("missing", "Not found."),
    exceptions.MethodNotAllowed: ("method", None),
    exceptions.NotAcceptable: ("not_acceptable", "The API answers in JSON."),
    exceptions.UnsupportedMediaType: ("media_type", None),
    exceptions.Throttled: ("throttled", None),
    MalformedBody: ("malformed", None),
    exceptions.ParseError: ("malformed", "The body is not what its content type says."),
}


class RefusalMiddleware:
    """Answers a Refusal raised by a view with its status and sentence, and values that no database keeps with 422."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Render a refusal; leave everything else to Django."""
        refusal = as_refusal(error)
        return page(request, refusal) if refusal else None


class PlainTextMiddleware:
    """Refuse addresses with NUL bytes before anything reads them: PostgreSQL cannot store them."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Refuse, or pass on."""
        if "\0" in request.path or "\0" in unquote(request.META.get("QUERY_STRING", "")):
            sentence = "The address holds a NUL byte."
            if is_api(request):
                return JsonResponse(body(Refusal(sentence)), status=400)
            return HttpResponse(f"{sentence}\n", status=400, content_type="text/plain; charset=utf-8")
        return self.get_response(request)


class ModestBodyMiddleware:
    """Refuses bodies of unknown length (411) and long ones (413) before anything of them is read or written to disk.

    Also those of visitors without a name.

    A view that takes uploads says so by ``takes_uploads`` and sees to its own limit.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Refuse, or pass on."""
        if not request.META.get("CONTENT_LENGTH") and request.META.get("HTTP_TRANSFER_ENCODING"):
            return page(request, _without_length())  # it would be taken for an empty body
        length = whole(request.META.get("CONTENT_LENGTH") or "0")
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if getattr(getattr(view, "cls", None), "takes_uploads", False) or (length is not None and length <= most):
            return None
        refusal = Refusal(f"The request is larger than {most:,} bytes.")
        refusal.status, refusal.code = 413, "too_large"
        return page(request, refusal)


def _without_length() -> Refusal:
    refusal = Refusal("Send the request with a Content-Length: bodies in chunks (Transfer-Encoding) are not read.")
    refusal.status, refusal.code = 411, "length_required"
    return refusal


def as_refusal(error: Exception) -> Refusal | None:
    """The refusal that ``error`` is or amounts to; None if it is a fault of ours."""
    if isinstance(error, Refusal):
        return error
    if isinstance(error, DataError) or (isinstance(error, ValueError) and "NUL (0x00)" in str(error)):
        return Invalid(UNKEEPABLE)
    if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
        logger.error("No room is left on a disk.", exc_info=error)
        return Unavailable("The disk is full. No partial changes were saved. Tell the system administrator.")
    if isinstance(error, RedisError | OperationalError | InterfaceError):
        logger.error("A part of the console does not answer.", exc_info=error)
        return Unavailable(f"The {'cache' if isinstance(error, RedisError) else 'database'} {ABSENT}")
    return None


def page(request: HttpRequest, error: Refusal) -> HttpResponse:
    """The refusal as JSON for the API, as a message for a page's fragment, as a page for people."""
    if is_api(request):
        return JsonResponse(body(error), status=error.status)
    context = {"status": error.status, "sentence": error.sentence, "code": error.code}
    if request.headers.get("HX-Request") == "true":
        response = render(request, "errors/refusal_fragment.html", context, status=error.status)
        # The fragment that was asked for stays as it is; the sentence appears among the messages.
        response["HX-Retarget"], response["HX-Reswap"] = "#flashes", "beforeend"
        return response
    return render(request, "errors/refusal.html", context, status=error.status)


def body(error: Refusal) -> dict[str, Any]:
    """The JSON form of a refusal."""
    return {"error": error.code, "detail": error.sentence, **error.details}


def api_exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's handler, taught refusals: every error of the API is ``{"error": code, "detail": sentence}``."""
    refusal = as_refusal(error)
    if refusal:
        set_rollback()
        return Response(body(refusal), status=refusal.status)
    response = exception_handler(error, context)
    if response is None:
        return None
    if isinstance(error, exceptions.ValidationError):
        response.status_code = 422
        response.data = {"error": "invalid", "detail": "Some fields are not valid.", "fields": response.data}
        return response
    response.data = _words(error)
    return response


def _words(error: Exception) -> dict[str, Any]:
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    if isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    code, sentence = next((words for kind, words in API_WORDS.items() if isinstance(error, kind)), ("refused", None))
    return {"error": code, "detail": sentence or str(getattr(error, "detail", HTTPStatus(400).phrase))}


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was sent without its token, most often because the session ended meanwhile."""
    sentence = "This form was opened in an earlier session. Go back, reload the page and send it again."
    refusal = Denied(sentence)
    refusal.code = "csrf"
    return page(request, refusal)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: a request that is malformed or larger than allowed."""
    return page(request, Refusal("The request is malformed, or larger than is allowed here."))


def denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403, from Django itself or a library."""
    return page(request, Denied("You do not have permission to do this."))


def missing(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404."""
    if is_api(request):
        return page(request, Missing("The API has no such address, or there is no such thing; see /api/docs/."))
    return page(request, Missing("This page does not exist or has been removed."))


def broken(request: HttpRequest) -> HttpResponse:
    """500: a page that needs neither the database nor anybody signed in; the correlation id leads to the log.

    503 when the database was away before any view was reached: a caller may try again.
    """
    error = sys.exc_info()[1]
    absent = as_refusal(error) if isinstance(error, Exception) else None
    status, code, sentence = 500, "broken", "Something went wrong. No partial changes were saved. Try again."
    if isinstance(absent, Unavailable):
        status, code, sentence = absent.status, absent.code, absent.sentence
    if is_api(request):
        return JsonResponse({"error": code, "detail": sentence, "correlation_id": current()}, status=status)
    return render(None, "500.html", {"correlation_id": current(), "sentence": sentence}, status=status)
