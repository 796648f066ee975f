"""Where whole groups of routes stand: the API, whose refusals are problem documents, and the pages of signing in."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest

API: Final = "api/"
ACCOUNTS: Final = "accounts/"


def is_api(request: HttpRequest) -> bool:
    """Whether the request is for the API."""
    return request.path_info.startswith(f"/{API}")


def is_account(request: HttpRequest) -> bool:
    """Whether the request is for a page of signing in, of passwords or of authenticators."""
    return request.path_info.startswith(f"/{ACCOUNTS}")
