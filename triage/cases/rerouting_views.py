"""The page of routing rules, what applying them would do to open cases, and the button that applies them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from console.web.form_pages import succeed
from console.web.view_helpers import person
from triage.cases import rerouting
from triage.cases.actions import rerouting as actions
from triage.queues import kinds, queries
from triage.queues.models import Queue, RoutingRule
from triage.queues.routing import describe


@never_cache
@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """The routing rules in their order; with ``?dry=KIND`` what applying them would move."""
    edits = queries.leads_all(person(request))
    dry = request.GET.get("dry", "")
    moves = rerouting.dry_run(dry) if dry in dict(kinds.choices()) else None
    names = dict(Queue.objects.values_list("pk", "name"))
    found = RoutingRule.objects.select_related("queue").order_by("kind", "order", "id")
    taken = {queue.kind for queue in queries.active_queues()}
    context = {
        "rules": [(rule, kinds.label(rule.kind), describe(rule.conditions)) for rule in found],
        "edits": edits,
        "kinds": [kind for kind in kinds.registered() if kind.code in taken],
        "dry": dry,
        "moves": [{"move": m, "was": names[m.from_queue], "to": names[m.to_queue]} for m in moves or []],
        "dry_done": moves is not None,
        "at_once": actions.AT_ONCE,
    }
    return render(request, "cases/rules.html", context)


@require_POST
def apply_rules(request: HttpRequest) -> HttpResponse:
    """Route the open cases of a kind again."""
    kind = kinds.require(request.POST.get("kind", "")).code
    moved = actions.apply_rules(kind=kind, by=person(request))
    more = " There may be more: apply the rules again." if moved == actions.AT_ONCE else ""
    return succeed(request, f"{moved:,} open cases were moved.{more}", f"{reverse('cases:rules')}?dry={kind}")
