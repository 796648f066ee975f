"""Helpers for views and API endpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

if TYPE_CHECKING:
    from console.people.models import User


def person(request: HttpRequest) -> User:
    """Return who is signed in. Every view requires sign-in unless it is marked ``login_not_required``."""
    assert request.user.is_authenticated
    return request.user


def fragment(name: str, *args: Any) -> str:
    """The address of another capability's fragment; empty when this deployment has none of that name."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
