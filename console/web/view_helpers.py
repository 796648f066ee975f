"""Helpers for views and API endpoints."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from django.forms import BaseForm
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from console.errors import Invalid

if TYPE_CHECKING:
    from console.people.models import User

R = TypeVar("R")


def person(request: HttpRequest) -> User:
    """Return who is signed in. Every view requires sign-in unless it is marked ``login_not_required``."""
    assert request.user.is_authenticated
    return request.user


def attempt(form: BaseForm, action: Callable[..., R], **more: Any) -> R | None:
    """Call ``action`` with what the form holds; what it finds invalid becomes the form's error; None then."""
    try:
        return action(**form.cleaned_data, **more)
    except Invalid as refusal:
        form.add_error(None, refusal.sentence)
        return None


def fragment(name: str, *args: Any) -> str:
    """The address of another capability's fragment; empty when this deployment has none of that name."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
