"""The navigation: apps register their entries when they start; each person sees those that they may open."""

from __future__ import annotations

from dataclasses import dataclass

from django.apps import apps
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry. ``key`` is a keyboard sequence such as ``g q``; ``permission`` empty means anybody signed in.

    ``model`` (``app.Model``) lets in those who hold the permission on at least one object of it only.
    ``group`` is the heading it stands under; entries are sorted by ``order``.
    """

    label: str
    url_name: str
    icon: str = "circle"
    key: str = ""
    permission: str = ""
    order: int = 100
    group: str = ""
    model: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as one person sees it on one page."""

    item: NavItem
    url: str
    current: bool


_items: dict[str, NavItem] = {}


def register(item: NavItem) -> None:
    """Add ``item``; a second registration under the same URL name replaces the first."""
    _items[item.url_name] = item


def items() -> list[NavItem]:
    """All registered entries in their order."""
    return sorted(_items.values(), key=lambda item: (item.order, item.label))


def entries_for(request: HttpRequest) -> list[Entry]:
    """The entries that this person may open. The one with the longest matching address is the current one."""
    found: list[tuple[NavItem, str]] = []
    for item in items():
        if _may_open(request, item):
            try:
                found.append((item, reverse(item.url_name)))
            except NoReverseMatch:
                continue  # an app whose addresses this deployment leaves out
    here = max((url for _, url in found if _is_under(request.path, url)), key=len, default="")
    return [Entry(item, url, url == here) for item, url in found]


def _is_under(path: str, url: str) -> bool:
    return path == url or (url != "/" and path.startswith(url))


def _may_open(request: HttpRequest, item: NavItem) -> bool:
    if not request.user.is_authenticated:
        return False
    if not item.permission:
        return True
    from console.people import permissions  # noqa: PLC0415 - apps register entries before the models are ready

    if item.model:
        return permissions.may_anywhere(request.user, item.permission, apps.get_model(item.model))
    return permissions.may(request.user, item.permission)
