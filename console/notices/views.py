"""Pages about notices: each person sees their own."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from console import keyset
from console.errors import Invalid
from console.notices import actions, queries
from console.numbers import whole
from console.ui.text import plural
from console.web.form_pages import succeed
from console.web.view_helpers import person


@dataclass(frozen=True, slots=True)
class View:
    """One of the two lists, as the tabs show it."""

    label: str
    url: str
    current: bool


@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    """What needs me: unread notices, or all of them."""
    everything = request.GET.get("show") == "all"
    page = queries.page_of_notices(person(request), everything=everything, place=keyset.asked(request.GET))
    here = reverse("notices:notices")
    views = [View("Unread", here, not everything), View("All", f"{here}?show=all", everything)]
    unread = any(notice.read_at is None for notice in page.items)
    newest = page.items[0].pk if unread and page.first else 0
    return render(request, "notices/notices.html", {"page": page, "views": views, "newest": newest, "all": everything})


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What is urgent, for the home page."""
    return render(request, "notices/_home.html", {"notices": queries.urgent(person(request))})


@require_POST
def open_notice(request: HttpRequest, number: int) -> HttpResponse:
    """Mark it read and go where it leads."""
    user = person(request)
    notice = actions.mark_read(notice=queries.notice_of(user, number), by=user)
    safe = url_has_allowed_host_and_scheme(notice.path, allowed_hosts=None)
    return redirect(notice.path if safe else "notices:notices")


@require_POST
def mark_read(request: HttpRequest, number: int) -> HttpResponse:
    """Mark it read and stay on the list."""
    user = person(request)
    notice = actions.mark_read(notice=queries.notice_of(user, number), by=user)
    return succeed(request, f"The notice about {notice.subject} is marked as read.", "notices:notices")


@require_POST
def mark_all_read(request: HttpRequest) -> HttpResponse:
    """Mark all of them read, up to the newest that the page showed."""
    through = whole(request.POST.get("through", ""))
    if through is None:
        raise Invalid("The request is missing “through”.")
    read = actions.mark_all_read(through=through, by=person(request))
    return succeed(request, f"{plural(read, 'notice is', 'notices are')} marked as read.", "notices:notices")
