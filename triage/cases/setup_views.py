"""Doors by which leads set up the work: queues, routing rules with a dry run, due times and business calendars."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from console.errors import Denied, Invalid
from console.people import permissions
from console.web.view_helpers import person
from triage.cases import plans, queries
from triage.cases.actions import queues as setting_up
from triage.cases.actions import routing
from triage.cases.actions.standard import make_standard_queues
from triage.cases.forms import CalendarForm, PolicyForm, QueueForm, RuleForm
from triage.cases.models import BusinessCalendar, CaseKind, Queue, RoutingRule, SlaPolicy
from triage.cases.routing import describe

MANAGE = "cases.manage_queue"


@never_cache
@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """The routing rules in their order; with ``?dry=KIND`` what applying them would move."""
    edits = _manages(request)
    dry = request.GET.get("dry", "")
    moves = plans.dry_run(CaseKind(dry)) if dry in CaseKind.values else None
    names = dict(Queue.objects.values_list("pk", "name"))
    found = RoutingRule.objects.select_related("queue").order_by("kind", "order", "id")
    context = {
        "rules": [(rule, describe(rule.conditions)) for rule in found],
        "edits": edits,
        "kinds": sorted({queue.kind for queue in queries.active_queues()}),
        "dry": dry,
        "moves": [{"move": m, "was": names[m.from_queue], "to": names[m.to_queue]} for m in moves or []],
        "dry_done": moves is not None,
        "at_once": routing.AT_ONCE,
    }
    return render(request, "cases/rules.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def rule(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Make a routing rule, or change one."""
    _require_all(request)
    found = get_object_or_404(RoutingRule, pk=pk) if pk else None
    form = RuleForm(request.POST) if request.method == "POST" else RuleForm.of(found) if found else RuleForm()
    if request.method == "POST" and form.is_valid():
        saved = _attempt(form, routing.save_rule, rule=found, by=person(request), **form.fields_for_action())
        if saved:
            messages.success(request, f"The rule “{saved.name}” is saved. It holds for cases opened from now on.")
            return redirect("cases:rules")
    return _form(request, form, "Change a routing rule" if found else "Make a routing rule", "cases:rules")


@require_POST
def move_rule(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask a rule earlier or later."""
    found = get_object_or_404(RoutingRule, pk=pk)
    routing.move_rule(rule=found, up=request.POST.get("to") == "earlier", by=person(request))
    return redirect("cases:rules")


@require_POST
def apply_rules(request: HttpRequest) -> HttpResponse:
    """Route the open cases of a kind anew."""
    kind = request.POST.get("kind", "")
    if kind not in CaseKind.values:
        raise Invalid("There is no such kind of case.")
    moved = routing.apply_rules(kind=CaseKind(kind), by=person(request))
    more = " There may be more: apply the rules again." if moved == routing.AT_ONCE else ""
    messages.success(request, f"{moved:,} open cases were moved.{more}")
    return redirect(f"{reverse('cases:rules')}?dry={kind}")


@never_cache
@require_safe
def sla(request: HttpRequest) -> HttpResponse:
    """Due times by queue and severity, and the calendars they count in."""
    edits = _manages(request)
    context = {
        "policies": SlaPolicy.objects.select_related("queue", "calendar").order_by("queue__order", "-severity"),
        "calendars": BusinessCalendar.objects.order_by("name"),
        "edits": edits,
    }
    return render(request, "cases/sla.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def policy(request: HttpRequest) -> HttpResponse:
    """Set a due time."""
    _manages(request)
    form = PolicyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        saved = _attempt(form, setting_up.set_policy, by=person(request), **form.cleaned_data)
        if saved:
            messages.success(request, "The due time is set. It holds for cases opened or reopened from now on.")
            return redirect("cases:sla")
    return _form(request, form, "Set a due time", "cases:sla")


@require_POST
def remove_policy(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a due time away."""
    setting_up.remove_policy(policy=get_object_or_404(SlaPolicy, pk=pk), by=person(request))
    messages.success(request, "SLA target removed. The next more general target applies.")
    return redirect("cases:sla")


@never_cache
@require_http_methods(["GET", "POST"])
def calendar(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Make a business calendar, or change one."""
    _require_all(request)
    found = get_object_or_404(BusinessCalendar, pk=pk) if pk else None
    form = CalendarForm(request.POST or None, calendar=found)
    if request.method == "POST" and form.is_valid():
        fields = form.fields_for_action()
        if _attempt(form, setting_up.save_calendar, calendar=found, by=person(request), **fields):
            messages.success(request, "The calendar is saved.")
            return redirect("cases:sla")
    return _form(request, form, "Change a calendar" if found else "Make a calendar", "cases:sla")


@never_cache
@require_http_methods(["GET", "POST"])
def queue_settings(request: HttpRequest, slug: str) -> HttpResponse:
    """Change a queue."""
    found = queries.queue_for(person(request), slug)
    permissions.require(person(request), MANAGE, found, to="set up this queue")
    return _queue(request, found)


@never_cache
@require_http_methods(["GET", "POST"])
def new_queue(request: HttpRequest) -> HttpResponse:
    """Make a queue."""
    _require_all(request)
    return _queue(request, None)


@require_POST
def standard_queues(request: HttpRequest) -> HttpResponse:
    """Begin with the standard queues, routing and due times."""
    by = person(request)
    made = make_standard_queues(time_zone=by.time_zone, by=by)
    messages.success(request, f"{len(made)} queues are ready.")
    return redirect("cases:queues")


def _queue(request: HttpRequest, found: Queue | None) -> HttpResponse:
    form = QueueForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        saved = _attempt(form, setting_up.save_queue, queue=found, by=person(request), **form.cleaned_data)
        if saved:
            messages.success(request, f"The queue “{saved}” is saved.")
            return redirect("cases:queue", slug=saved.slug) if saved.active else redirect("cases:queues")
    title = f"Set up “{found}”" if found else "Create queue"
    return _form(request, form, title, "cases:queues")


def _form(request: HttpRequest, form: BaseForm, title: str, back: str) -> HttpResponse:
    label = {"cases:rules": "Routing", "cases:sla": "Due times"}.get(back, "Queues")
    context = {"form": form, "title": title, "back": reverse(back), "back_label": label}
    return render(request, "cases/form.html", context, status=422 if form.is_bound else 200)


def _attempt(form: BaseForm, action: Any, **fields: Any) -> Any:
    """Call the action; what it finds invalid becomes the form's error."""
    try:
        return action(**fields)
    except Invalid as refusal:
        form.add_error(None, refusal.sentence)
        return None


def _manages(request: HttpRequest) -> bool:
    """True for a lead of all queues, False for a lead of some. Raises Denied for everybody else."""
    by = person(request)
    if not permissions.may_anywhere(by, MANAGE, Queue):
        raise Denied("Your roles do not allow you to set up queues.")
    return permissions.may(by, MANAGE)


def _require_all(request: HttpRequest) -> None:
    setting_up.require_console(person(request), "set this up")
