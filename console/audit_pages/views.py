"""Pages of the audit log. Each view records the access before it answers."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from console import keyset
from console.audit_pages import actions, queries, rules
from console.audit_pages.forms import FilterForm
from console.audit_pages.queries import VIEW, Entry, Filters
from console.errors import Missing
from console.numbers import BIGGEST
from console.people.models import User
from console.people.permissions import may, require
from console.web.view_helpers import person


def reader(request: HttpRequest) -> User:
    """Return the signed-in user, if they may read the audit log. Raises Denied."""
    user = person(request)
    require(user, VIEW, to="read the audit log")
    return user


def by_day(entries: list[Entry]) -> list[tuple[Any, list[Entry]]]:
    """Entries under their days, in the reader's time zone."""
    return [(day, list(group)) for day, group in groupby(entries, key=lambda entry: timezone.localdate(entry.at))]


@require_GET
def timeline(request: HttpRequest) -> HttpResponse:
    """Show the audit log, the newest entry first."""
    user = reader(request)
    form = FilterForm(request.GET)
    if not form.is_valid():
        return render(request, "audit/timeline.html", {"form": form, "page": None}, status=422)
    filters = form.filters()
    place = keyset.NEWEST.known(keyset.asked(request.GET))
    facts = {"filters": filters.named(), "after": place.after} | ({"before": place.before} if place.before else {})
    actions.look(by=user, at="timeline", facts=facts)
    page = queries.page_of_entries(filters, place=place)
    filtered = bool(filters.named())
    context = {"form": form, "page": page, "days": by_day(page.items), "filtered": filtered}
    return render(request, "audit/timeline.html", context)


@require_GET
def entry(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Show one entry: its exact bytes, their recomputed hash, and related entries."""
    user = reader(request)
    if entry_id > BIGGEST:
        raise Missing("This audit log entry does not exist.")
    actions.look(by=user, at="entry", facts={"entry": entry_id})
    return render(request, "audit/entry.html", {"whole": queries.whole(entry_id)})


@require_GET
def about(request: HttpRequest, subject: str) -> HttpResponse:
    """Render a fragment with the entries about one subject, for the page of that subject."""
    user = reader(request)
    rules.is_subject(subject).require()
    actions.look(by=user, at="about", subject=subject)
    page = queries.page_of_entries(Filters(subject=subject), size=20)
    return render(request, "audit/_about.html", {"page": page, "subject": subject})


@require_GET
def find_receipt(request: HttpRequest) -> HttpResponse:
    """Show the form that looks up a receipt."""
    receipt = request.GET.get("receipt", "").strip().lower()
    answer = rules.is_receipt(receipt) if receipt else None
    if answer:
        return redirect("audit:receipt", receipt)
    return render(request, "audit/find_receipt.html", {"answer": answer}, status=422 if answer is not None else 200)


@require_GET
def receipt(request: HttpRequest, receipt: str) -> HttpResponse:
    """Show the entry of a receipt. Other people's entries are only confirmed to users who may not read the log."""
    user = person(request)
    rules.is_receipt(receipt).require()
    actions.look(by=user, at="receipt", facts={"receipt": receipt})
    row = queries.by_receipt(receipt)
    open_to_all = may(user, VIEW)
    shown = queries.describe_entries([row])[0] if open_to_all or row.actor_id == user.pk else None
    context = {"row": row, "entry": shown, "proof": queries.proof(row), "may_view": open_to_all}
    return render(request, "audit/receipt.html", context)
