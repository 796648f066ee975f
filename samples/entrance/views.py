"""Sign in as one of the demonstration's people with one press."""

from __future__ import annotations

from typing import Final

from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from console.errors import Missing
from samples.entrance import queries

_BACKEND: Final = "allauth.account.auth_backends.AuthenticationBackend"


@login_not_required
@require_POST
def enter(request: HttpRequest) -> HttpResponse:
    """Sign in as the person pressed, with MFA where they have set it up. Raises Missing outside the demonstration."""
    user = queries.person_named(request.POST.get("username", ""))
    if user is None:
        raise Missing("There is no such person in the demonstration.")
    if request.user.is_authenticated:
        logout(request)
    user.backend = _BACKEND  # type: ignore[attr-defined]  # as Django's authenticate() would say it
    answer: HttpResponse = perform_login(request, Login(user=user))
    return answer
