"""Pages of queues and lists: the queues, a queue's cases, all cases, one's own decisions, saved views."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from console import keyset
from console.errors import Denied
from console.people import permissions
from console.people.models import User
from console.waves.models import Wave
from console.waves.queries import wave_seen_by
from console.web.form_pages import succeed
from console.web.view_helpers import person
from triage.cases import actions, columns, contradictions, facets, filters, kinds, listing, queries, worklists
from triage.cases.actions import saved_views as saving
from triage.cases.colleagues import printed_names
from triage.cases.kinds import Facet
from triage.cases.listing import Filters, Listed
from triage.cases.models import PAST_CUTOVER, SavedView, State
from triage.cases.worklists import Worklist
from triage.queues import queries as queue_queries
from triage.queues.models import Queue, Severity


@dataclass(frozen=True, slots=True)
class Card:
    """A queue on the page of queues."""

    queue: Queue
    counts: dict[str, int]
    pressure: queries.Pressure
    works: bool
    manages: bool

    @property
    def open(self) -> int:
        """List cases that wait for a reviewer."""
        return self.counts["open"]

    @property
    def busy(self) -> int:
        """List cases that are claimed, deferred or waiting for information."""
        return sum(self.counts[state] for state in State.UNRESOLVED) - self.open

    @property
    def past_cutover(self) -> int:
        """Cases deferred past the cutover of their wave."""
        return self.counts[PAST_CUTOVER]

    @property
    def settled(self) -> int:
        """Cases decided, whether or not a later run has proven it yet."""
        return sum(self.counts[state] for state in State.SETTLED)

    @property
    def overdue(self) -> str:
        """Open cases past their due time, as a word: counted to a thousand."""
        return "1,000+" if self.pressure.capped else str(self.pressure.overdue)


@dataclass(frozen=True, slots=True)
class Tab:
    """A saved view as a tab."""

    label: str
    url: str
    current: bool
    changed: bool = False
    count: str = ""


@never_cache
@require_safe
def queues(request: HttpRequest) -> HttpResponse:
    """The queues this person may see, with what waits in each."""
    by = person(request)
    cards = _cards(by, queue_queries.visible_queues(by))
    context = {
        "cards": cards,
        "works": any(card.works for card in cards),
        "makes": permissions.may(by, "cases.manage_queue"),
        "total": _total(cards),
    }
    return render(request, "cases/queues.html", context)


@never_cache
@require_safe
def queue(request: HttpRequest, slug: str) -> HttpResponse:
    """The cases of one queue."""
    by = person(request)
    found = queue_queries.queue_for(by, slug)
    return _list(request, [found], found)


@never_cache
@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    """The cases of all queues this person may see."""
    by = person(request)
    visible = queue_queries.visible_queues(by)
    if not visible and not permissions.may_anywhere(by, "cases.see_queue", Queue):
        raise Denied("Your roles do not allow you to see cases.")
    return _list(request, visible, None)


@never_cache
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """One's own decisions with their receipts; unreleased ones can be undone."""
    by = person(request)
    if not permissions.may_anywhere(by, "cases.work_queue", Queue):
        raise Denied("Your roles do not allow you to decide cases.")
    page = queries.page_of_decisions(by, place=keyset.asked(request.GET))
    now = timezone.now()
    back = queries.called_back(page.items, by, now)
    rows = [(item, kinds.reason_label(item.case.kind, item.reason), item.pk in back) for item in page.items]
    return render(request, "cases/mine.html", {"page": page, "rows": rows, "now": now})


@never_cache
@require_safe
def wave_part(request: HttpRequest, slug: str) -> HttpResponse:
    """For a wave's page: its unresolved cases by severity, and how many of them are deferred past its cutover."""
    wave = wave_seen_by(person(request), slug)
    counted = queries.unresolved_by_severity([wave.pk])[wave.pk]
    rows = [(Severity(severity), *numbers) for severity, numbers in counted.items()]
    total = [sum(numbers) for numbers in zip(*counted.values(), strict=True)] or [0, 0]
    lists = permissions.may_anywhere(person(request), "cases.see_queue", Queue)
    return render(request, "cases/_wave.html", {"wave": wave, "rows": rows, "total": total, "lists": lists})


@require_POST
def save_view(request: HttpRequest) -> HttpResponse:
    """Save the list's filters under a name."""
    query = filters.tidy(request.POST)
    by = person(request)
    if not permissions.may_anywhere(by, "cases.see_queue", Queue):
        raise Denied("Your roles do not allow you to see cases.")
    name = request.POST.get("name", "").replace("\0", "")
    view = saving.save_view(name=name, query=query, shared=bool(request.POST.get("shared")), by=by)
    return succeed(request, f"The view “{view.name}” is saved.", f"{_path(request)}?{view.query}")


@require_POST
def delete_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete one of one's own saved views."""
    view = get_object_or_404(SavedView, pk=pk)
    saving.delete_view(view=view, by=person(request))
    return succeed(request, f"The view “{view.name}” is deleted.", _path(request))


def _list(request: HttpRequest, shown: list[Queue], one: Queue | None) -> HttpResponse:
    by, now, query = person(request), timezone.now(), request.GET
    held = queries.held_as_filtered(by, query, now)
    wanted, own_columns = filters.read(query, shown, mine=held, me=by), columns.of_queues(shown)
    page = listing.page(wanted, place=keyset.asked(query), now=now)
    actions.listed(queues=shown, query=filters.tidy(query), by=by)
    worklist = worklists.shown(one, shown, query, wanted)
    managed = [permissions.may(by, "cases.manage_queue", queue) for queue in shown]
    count = _count(wanted, shown, query, page, now)
    context = {
        "queue": one,
        "worklist": worklist,
        "page": page,
        "rows": _rows(page, worklist, own_columns, by),
        "columns": own_columns,
        "count": count,
        "tabs": _tabs(request, by),
        "own_view": _own_view(request, by),
        "filtered": filters.active(query),
        "picks": facets.picks(wanted, shown, query, now=now, me=by),
        "query": query,
        "order": wanted.order,
        "works": any(permissions.may(by, "cases.work_queue", queue) for queue in shown),
        "manages": bool(one) and permissions.may(by, "cases.manage_queue", one),
        "selects": any(managed),
        "all_count": count if all(managed) and count[:1].isdigit() else "",
        "tidy": filters.tidy(query),
        "now": now,
    }
    return render(request, "cases/list.html", context)


def _cards(by: User, shown: list[Queue]) -> list[Card]:
    counts, pressing = queries.tally(shown), queries.pressure(shown, timezone.now())
    return [
        Card(
            queue,
            counts[queue.pk],
            pressing[queue.pk],
            permissions.may(by, "cases.work_queue", queue),
            permissions.may(by, "cases.manage_queue", queue),
        )
        for queue in shown
    ]


def _total(cards: list[Card]) -> dict[str, int | str]:
    overdue = sum(card.pressure.overdue for card in cards)
    more = "+" if any(card.pressure.capped for card in cards) else ""
    return {
        "open": sum(card.open for card in cards),
        "busy": sum(card.busy for card in cards),
        "past_cutover": sum(card.past_cutover for card in cards),
        "settled": sum(card.settled for card in cards),
        "overdue": f"{overdue:,}{more}",
    }


def _rows(page: Listed, worklist: Worklist, facets: list[Facet], by: User) -> list[dict[str, Any]]:
    shown = {wave for row in page.items for wave in (row.wave_id, *(row.further_waves or ()))}
    waves = dict(Wave.objects.filter(pk__in=shown).values_list("pk", "name"))
    holders = queries.holders([row.id for row in page.items if row.state == State.CLAIMED])
    assignees = printed_names(row.assignee_id for row in page.items)
    against = contradictions.left_out(page.items)
    names = {queue.pk: queue for queue in worklist.queues}
    pattern = reverse("cases:case", args=["EX-0"])  # resolved once, not for each row
    return [
        {
            "case": row,
            "ref": row.ref,
            "url": pattern.replace("EX-0", row.ref) + worklist.query_for(row.queue_id),
            "severity": Severity(row.severity).word,
            "wave": ", ".join(waves.get(wave, "") for wave in (row.wave_id, *(row.further_waves or ()))),
            "queue": names[row.queue_id],
            "holder": holders.get(row.id, ""),
            "assignee": assignees.get(row.assignee_id or 0, ""),
            "against": against.get(row.id, ""),
            "removes": row.id in holders and permissions.may(by, "cases.manage_queue", names[row.queue_id]),
            "manages": permissions.may(by, "cases.manage_queue", names[row.queue_id]),
            "resumes": row.state in State.PAUSED and permissions.may(by, "cases.work_queue", names[row.queue_id]),
            "facets": columns.values(row, facets),
            "pending": row.state in State.PENDING,
            "said": [reason.replace("_", " ") for reason in row.reasons[:4]],
        }
        for row in page.items
    ]


def _count(wanted: Filters, shown: list[Queue], query: Any, page: Listed, now: Any) -> str:
    """How many cases the list has, as words; "" on later pages. Sums of counts kept, or a count capped at 1,000."""
    if query.get("after") or query.get("before"):
        return ""
    narrowed = wanted.reason or wanted.domain or wanted.facility or query.get("kind") or wanted.overdue or wanted.only
    narrowed = narrowed or wanted.runs is not None or wanted.assignee is not None
    plain = wanted.severity is None and wanted.wave is None and not narrowed
    if plain and wanted.only is None:
        counts = queries.tally(shown)
        number = sum(counts[queue.pk][state] for queue in shown for state in facets.counted_as(wanted.state))
        return f"{number:,}"
    if page.exhausted:
        return f"at least {len(page.items):,}"
    number, more = listing.counted(wanted, now=now)
    return f"at least {number:,}" if more else f"{number:,}"


def _tabs(request: HttpRequest, by: User) -> list[Tab]:
    here, now = filters.tidy(request.GET), request.path
    standard = [
        ("Open", ""),
        ("Overdue", "overdue=1"),
        ("Mine", "mine=1"),
        ("Assigned to me", "assignee=me"),
        ("Deferred", "state=deferred"),
    ]
    standard += [("Past cutover", f"state={PAST_CUTOVER}"), ("Waiting", "state=waiting"), ("Closed", "state=settled")]
    tabs = [Tab(label, f"{now}?{query}" if query else now, here == query) for label, query in standard]
    for view in queries.views_for(by):
        label = view.name if view.owner_id == by.pk else f"{view.name} ({view.owner})"
        tabs.append(Tab(label, f"{now}?{view.query}", here == view.query))
    if not any(tab.current for tab in tabs):
        tabs.append(Tab("This filter", f"{now}?{here}", True, changed=True))
    return tabs


def _own_view(request: HttpRequest, by: User) -> SavedView | None:
    return SavedView.objects.filter(owner=by, query=filters.tidy(request.GET)).first()


def _path(request: HttpRequest) -> str:
    """The list the form stood on."""
    path = request.POST.get("path", "")
    good = path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    return path.partition("?")[0] if good else reverse("cases:cases")
