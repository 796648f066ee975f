"""The navigation: of the entries that capabilities declare, each person sees those that they may open."""

from __future__ import annotations

from dataclasses import dataclass

from django.apps import apps
from django.http import HttpRequest
from django.urls import reverse

from console.capabilities.parts import NAVIGATION, Command, NavItem, SearchSource
from console.people import permissions
from console.people.permissions import Someone


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as one person sees it on one page."""

    item: NavItem
    url: str
    current: bool


def items() -> list[NavItem]:
    """All declared entries in their order."""
    return sorted(NAVIGATION, key=lambda item: (item.order, item.label))


def entries_for(request: HttpRequest) -> list[Entry]:
    """The entries that this person may open. The one with the longest matching address is the current one."""
    found = [(item, reverse(item.url_name)) for item in items() if may_open(request.user, item)]
    here = max((url for _, url in found if _is_under(request.path, url)), key=len, default="")
    return [Entry(item, url, url == here) for item, url in found]


def _is_under(path: str, url: str) -> bool:
    return path == url or (url != reverse("home") and path.startswith(url))


def may_open(user: Someone, item: NavItem | Command | SearchSource) -> bool:
    """Whether this person may open an entry, run a command or search a source."""
    if not user.is_authenticated:
        return False
    if not item.permission:
        return True
    if item.model:
        return permissions.may_anywhere(user, item.permission, apps.get_model(item.model))
    return permissions.may(user, item.permission)
