"""Pages by which leads set up the work: queues, routing rules, SLA targets and business calendars."""

from __future__ import annotations

from typing import Any, Final

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from console.people import permissions
from console.ui import lengths
from console.web.form_pages import Done, sent, submit, succeed
from console.web.view_helpers import person
from triage.queues import public_holidays as holidays
from triage.queues import queries
from triage.queues.actions import queues as setting_up
from triage.queues.actions import rules
from triage.queues.actions.standard import make_standard_queues
from triage.queues.forms import CalendarForm, PolicyForm, QueueForm, RuleForm
from triage.queues.models import BusinessCalendar, Queue, RoutingRule, SlaPolicy

MANAGE = "cases.manage_queue"
#: How many of the next holidays a calendar's page shows.
SHOWN: Final = 12


@never_cache
@require_http_methods(["GET", "POST"])
def rule(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Make a routing rule, or change one."""
    _require_all(request)
    found = get_object_or_404(RoutingRule, pk=pk) if pk else None
    form = RuleForm.of(found, sent(request)) if found else RuleForm(sent(request))
    saved = submit(form, rules.save_rule, rule=found, by=person(request))
    if isinstance(saved, Done):
        said = f"Rule “{saved.value.name}” saved. It applies to cases opened from now on."
        return succeed(request, said, "cases:rules")
    title = "Change a routing rule" if found else "Make a routing rule"
    return _form(request, form, title, "cases:rules", saved.status)


@require_POST
def move_rule(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask a rule earlier or later."""
    _require_all(request)
    found = get_object_or_404(RoutingRule, pk=pk)
    rules.move_rule(rule=found, up=request.POST.get("to") == "earlier", by=person(request))
    return redirect("cases:rules")


@never_cache
@require_safe
def sla(request: HttpRequest) -> HttpResponse:
    """Due times by queue and severity, and the calendars they count in."""
    edits = queries.leads_all(person(request))
    policies = SlaPolicy.objects.select_related("queue", "calendar").order_by("queue__order", "-severity")
    context = {
        "policies": [(policy, lengths.hours(policy.minutes * 60)) for policy in policies],
        "calendars": [(one, _place(one)) for one in BusinessCalendar.objects.order_by("name")],
        "edits": edits,
    }
    return render(request, "queues/sla.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def policy(request: HttpRequest) -> HttpResponse:
    """Set a due time."""
    queries.leads_all(person(request))
    form = PolicyForm(sent(request))
    saved = submit(form, setting_up.set_policy, by=person(request))
    if isinstance(saved, Done):
        said = "SLA target set. It applies to cases opened or reopened from now on."
        return succeed(request, said, "cases:sla")
    return _form(request, form, "Set a due time", "cases:sla", saved.status)


@require_POST
def remove_policy(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a due time away."""
    by, found = person(request), get_object_or_404(SlaPolicy, pk=pk)
    permissions.require(by, MANAGE, found.queue, to="remove due times")
    setting_up.remove_policy(policy=found, by=by)
    return succeed(request, "SLA target removed. The next more general target applies.", "cases:sla")


@never_cache
@require_http_methods(["GET", "POST"])
def calendar(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Make a business calendar, or change one."""
    _require_all(request)
    found = get_object_or_404(BusinessCalendar, pk=pk) if pk else None
    form = CalendarForm(sent(request), calendar=found)
    saved = submit(form, setting_up.save_calendar, calendar=found, by=person(request))
    if isinstance(saved, Done):
        return succeed(request, "The calendar is saved.", "cases:sla")
    context = {"form": form, "title": "Change a calendar" if found else "Make a calendar"}
    context |= {"back": reverse("cases:sla"), "back_label": "SLA targets"}
    country, region = str(form["country"].value() or ""), str(form["subdivision"].value() or "")
    context |= _next_holidays(country, region)
    return render(request, "queues/calendar.html", context, status=saved.status)


@never_cache
@require_safe
def public_holidays(request: HttpRequest) -> HttpResponse:
    """The next public holidays of the chosen country or region, and its regions to choose from."""
    _require_all(request)
    form = CalendarForm(request.GET)
    country, region = request.GET.get("country", ""), request.GET.get("subdivision", "")
    return render(request, "queues/_holidays.html", {"form": form, "swap": True, **_next_holidays(country, region)})


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
    permissions.require(by, MANAGE, to="set up queues")
    made = make_standard_queues(time_zone=by.time_zone, by=by)
    return succeed(request, f"{len(made)} queues are ready.", "cases:queues")


def _queue(request: HttpRequest, found: Queue | None) -> HttpResponse:
    form = QueueForm(sent(request), instance=found)
    saved = submit(form, setting_up.save_queue, queue=found, by=person(request))
    if isinstance(saved, Done):
        queue = saved.value
        to = reverse("cases:queue", args=[queue.slug]) if queue.active else reverse("cases:queues")
        return succeed(request, f"The queue “{queue}” is saved.", to)
    title = f"Set up “{found}”" if found else "Create queue"
    return _form(request, form, title, "cases:queues", saved.status)


def _form(request: HttpRequest, form: BaseForm, title: str, back: str, status: int) -> HttpResponse:
    label = {"cases:rules": "Routing", "cases:sla": "SLA targets"}.get(back, "Queues")
    context = {"form": form, "title": title, "back": reverse(back), "back_label": label}
    return render(request, "queues/form.html", context, status=status)


def _next_holidays(country: str, region: str) -> dict[str, Any]:
    """What a page shows of the public holidays of a country; of the country alone where the region is not of it."""
    region = region if region in holidays.subdivisions(country) else ""
    found = holidays.following(country, region, timezone.localdate(), SHOWN) if country else []
    return {"country": holidays.countries().get(country, ""), "next_holidays": found}


def _place(calendar: BusinessCalendar) -> str:
    """The country or region whose public holidays a calendar takes, in words."""
    country = holidays.countries().get(calendar.country, calendar.country)
    region = holidays.subdivisions(calendar.country).get(calendar.subdivision, calendar.subdivision)
    return f"{country} ({region})" if region else country


def _require_all(request: HttpRequest) -> None:
    setting_up.require_lead(person(request), "set this up")
