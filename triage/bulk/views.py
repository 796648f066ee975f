"""Pages of bulk changes: select, preview, carry out, follow, undo."""

from __future__ import annotations

from urllib.parse import parse_qsl

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from console import keyset
from console.errors import Invalid
from console.people import permissions
from console.people.models import User
from console.web.form_pages import Done, NotDone, press, sent, submit, succeed
from console.web.view_helpers import person
from triage.bulk import actions, acts, presenting, queries
from triage.bulk.forms import FORMS, StartForm, WantedForm
from triage.bulk.models import BulkChange, Result, Stage
from triage.bulk.queries import Selection
from triage.bulk.waking import go_on
from triage.cases import filters
from triage.cases import queries as case_queries
from triage.queues import queries as queue_queries
from triage.queues.models import Queue
from triage.queues.queries import MANAGE

_STOP_POLLING = 286


@never_cache
@require_safe
def changes(request: HttpRequest) -> HttpResponse:
    """One's own bulk changes, newest first."""
    by = _lead(request)
    page = queries.page_of_changes(by, place=keyset.asked(request.GET))
    return render(request, "bulk/changes.html", {"page": page, "rows": presenting.rows(page.items)})


@require_POST
def prepare(request: HttpRequest) -> HttpResponse:
    """Take a selection of a list of cases, and go to the page of the change."""
    by = _lead(request)
    queue, words = request.POST.get("queue", ""), request.POST.get("words", "").replace("\0", "")[:2000]
    act = acts.get(request.POST.get("act", ""))
    selection = _selected(request, by, queue, words)
    prepared = press(actions.prepare, act=act.code, selection=selection, queue=queue, words=words, by=by)
    if isinstance(prepared, NotDone):
        back = presenting.list_url(BulkChange(queue=queue if _is_queue(by, queue) else "", words=words))
        return succeed(request, prepared.sentence, back)
    return redirect("bulk:change", prepared.value.pk)


@never_cache
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """One bulk change: its preview, its progress or its result. A POST previews what the form asks for."""
    by = _lead(request)
    found = queries.change_of(by, pk)
    form = _form(request, found, by)
    if form is not None:
        previewed = submit(form, actions.preview, change=found, by=by)
        if isinstance(previewed, Done):
            return redirect("bulk:change", pk)
    return _page(request, found, form, StartForm())


@require_POST
def start(request: HttpRequest, pk: int) -> HttpResponse:
    """Carry a previewed change out. Sent twice, it is carried out once."""
    by = _lead(request)
    found, form = queries.change_of(by, pk), StartForm(sent(request))
    started = submit(form, actions.start, change=found, by=by)
    if isinstance(started, NotDone):
        return _page(request, found, _form(request, found, by, sends=False), form, status=started.status)
    go_on(pk)
    return redirect("bulk:change", pk)


@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo a change, or what it did to one case (``item``)."""
    by = _lead(request)
    found = queries.change_of(by, pk)
    item = request.POST.get("item", "")
    number = int(item) if item.isascii() and item.isdigit() and len(item) < 19 else None
    if item and number is None:
        raise Invalid("There is no such case in this change.")
    actions.undo(change=found, item=number, by=by)
    go_on(pk)
    return redirect("bulk:change", pk)


@never_cache
@require_safe
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a change is; once it is done, the whole page reloads."""
    found = queries.change_of(_lead(request), pk)
    said = presenting.told(found, acts.get(found.act), timezone.now())
    live = found.stage in {Stage.RUNNING, Stage.UNDOING}
    response = render(request, "bulk/_progress.html", {"said": said}, status=200 if live else _STOP_POLLING)
    if not live:
        response["HX-Refresh"] = "true"
    return response


def _page(
    request: HttpRequest, found: BulkChange, form: WantedForm | None, start_form: StartForm, status: int = 200
) -> HttpResponse:
    said = presenting.told(found, acts.get(found.act), timezone.now())
    result = request.GET.get("result", "")
    result = result if result in Result.values else ""
    context = {
        "said": said,
        "change": found,
        "form": form,
        "start_form": start_form,
        "tabs": presenting.tabs(said, result),
        "page": queries.page_of_items(found, place=keyset.asked(request.GET), result=result),
        "list_url": presenting.list_url(found),
        "remarks": presenting.remarks(found),
        "draft": found.stage == Stage.DRAFT,
        "live": found.stage in {Stage.RUNNING, Stage.UNDOING},
    }
    shown = form.errors if form is not None and form.is_bound else None
    return render(request, "bulk/change.html", context, status=422 if shown else status)


def _form(request: HttpRequest, found: BulkChange, by: User, *, sends: bool = True) -> WantedForm | None:
    """The form of the act; None for one that asks for nothing, and for a change that was carried out."""
    of = FORMS.get(found.act)
    if of is None or found.stage != Stage.DRAFT:
        return None
    return of(sent(request) if sends else None, change=found, by=by, initial=presenting.initial(found))


def _selected(request: HttpRequest, by: User, queue: str, words: str) -> Selection:
    """The cases that were ticked, or all of the list that this person manages."""
    if not request.POST.get("all"):
        refs = [ref.removeprefix("EX-") for ref in request.POST.getlist("case")]
        return queries.named([int(ref) for ref in refs if ref.isascii() and ref.isdigit() and len(ref) < 19], by)
    now, query = timezone.now(), dict(parse_qsl(words))
    shown = [queue_queries.queue_for(by, queue)] if queue else queue_queries.visible_queues(by)
    mine = [one for one in shown if permissions.may(by, MANAGE, one)]
    held = case_queries.held_as_filtered(by, query, now)
    return queries.of_list(filters.read(query, mine, mine=held, me=by), now)


def _is_queue(by: User, slug: str) -> bool:
    return any(queue.slug == slug for queue in queue_queries.visible_queues(by))


def _lead(request: HttpRequest) -> User:
    """The person, who leads at least one queue. Raises Denied."""
    by = person(request)
    if not permissions.may_anywhere(by, MANAGE, Queue):
        permissions.require(by, MANAGE, to="change cases in bulk")
    return by
