"""Sign-in by default, session rules (15 minutes idle, 12 hours at most), MFA, people's time zones."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils import timezone

from console.people import queries, rules
from console.web.addresses import is_account, is_api

Next = Callable[[HttpRequest], HttpResponse]

STARTED: Final = "session_started_at"
SEEN: Final = "session_seen_at"
FACTOR: Final = "session_factor"
#: Activity is written down in steps of this many seconds, so that not every page costs an UPDATE.
STEP_SECONDS: Final = 15
#: Header of requests that a page sends on its own, so that they do not count as a person at work.
BACKGROUND: Final = "X-Background"

ENDED: Final = {
    "idle": "You were signed out after a period of inactivity. Sign in to continue.",
    "limit": "Your session reached the 12-hour limit. Sign in to continue.",
    "missing": "Sign in to continue.",
    "factor": "Set up multi-factor authentication to continue.",
}


class SignInMiddleware(LoginRequiredMiddleware):
    """Require a signed-in user in every view that is not marked ``login_not_required``."""

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponse:  # type: ignore[override]
        """To the sign-in page, also from within a fragment."""
        return sign_in_again(request, "missing")


class SessionRulesMiddleware:
    """End sessions that were idle too long or lasted too long; polling does not keep one alive.

    Pages for signed-in users are never cached, unless a view says otherwise: neither on disk nor behind the back
    button of a browser whose session has ended.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or send the person back to sign in."""
        if not request.user.is_authenticated:
            return self.get_response(request)
        ended = "missing" if not request.user.is_person else self._ended(request)
        if ended:
            logout(request)
            return sign_in_again(request, ended)
        if needs_factor(request):
            return _to(request, resolve_url("mfa_index"), "factor", 403)
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    @staticmethod
    def _ended(request: HttpRequest) -> str:
        now, session = int(time.time()), request.session
        started, seen = session.get(STARTED), session.get(SEEN)
        if started is None or seen is None:
            session[STARTED] = session[SEEN] = now
            return ""
        rule = {"idle": settings.SESSION_IDLE_SECONDS, "limit": settings.SESSION_LIMIT_SECONDS}
        ended = rules.session_ended(started_at=started, seen_at=seen, now=now, **rule)
        if not ended and now - seen >= STEP_SECONDS and BACKGROUND not in request.headers:
            session[SEEN] = now
        return ended


class TimeZoneMiddleware:
    """Shows times in the zone of the person."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in their zone; UTC for everybody else."""
        user = request.user
        zone = ZoneInfo(user.time_zone) if user.is_authenticated and rules.is_time_zone(user.time_zone) else None
        with timezone.override(zone):
            return self.get_response(request)


def start(request: HttpRequest) -> None:
    """Restart the clock of a session at sign-in."""
    request.session[STARTED] = request.session[SEEN] = int(time.time())
    request.session.pop(FACTOR, None)


def remaining(request: HttpRequest) -> dict[str, int]:
    """Seconds until the session ends by idleness and by its limit."""
    now, session = int(time.time()), getattr(request, "session", {})
    idle = settings.SESSION_IDLE_SECONDS - (now - session.get(SEEN, now))
    limit = settings.SESSION_LIMIT_SECONDS - (now - session.get(STARTED, now))
    return {"idle_seconds": max(0, min(idle, limit)), "limit_seconds": max(0, limit)}


def needs_factor(request: HttpRequest) -> bool:
    """Whether the person must set up MFA first. Single sign-on brings its own."""
    free = is_account(request) or request.path.startswith((reverse("ui:session"), settings.STATIC_URL))
    if not settings.REQUIRE_MFA or free or request.session.get(FACTOR):
        return False
    methods = {record.get("method") for record in request.session.get("account_authentication_methods", [])}
    if "socialaccount" not in methods and not queries.has_factor(request.user):  # type: ignore[arg-type]
        return True
    request.session[FACTOR] = True
    return False


def sign_in_again(request: HttpRequest, why: str) -> HttpResponse:
    """Send to sign-in: a redirect for pages, ``HX-Redirect`` for fragments, 401 for the API; it returns here."""
    query = {"next": _return_path(request)} | ({"ended": why} if why != "missing" else {})
    return _to(request, f"{resolve_url(settings.LOGIN_URL)}?{urlencode(query)}", why, 401)


def _to(request: HttpRequest, url: str, why: str, status: int) -> HttpResponse:
    if is_api(request) or request.headers.get("X-Requested-With") == "fetch":
        return JsonResponse({"error": "signed_out" if status == 401 else "denied", "detail": ENDED[why]}, status=status)
    if request.headers.get("HX-Request") == "true":
        response = HttpResponse(ENDED[why], status=status, content_type="text/plain; charset=utf-8")
        response["HX-Redirect"] = url
        return response
    return HttpResponseRedirect(url)


def _return_path(request: HttpRequest) -> str:
    """Where the person was: this page, or the page that a form or fragment stood on."""
    inner = request.headers.get("HX-Request") == "true" or request.method not in {"GET", "HEAD"}
    if not inner:
        return request.get_full_path()
    found = urlsplit(request.headers.get("HX-Current-URL") or request.headers.get("Referer") or "/")
    here = not found.netloc or found.netloc == request.get_host()
    path = found.path if here and found.path.startswith("/") and not found.path.startswith("//") else "/"
    return f"{path}?{found.query}" if here and found.query else path
