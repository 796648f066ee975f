"""The page of the workload of queues."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from console.web.view_helpers import person
from triage.days import ages, forecast, workload


@never_cache
@require_safe
def workload_page(request: HttpRequest) -> HttpResponse:
    """How much waits in the queues that this person leads, for how long, and when it ends at the pace of the week."""
    loads = workload.loads_for(person(request), timezone.localtime())
    days = max((len(load.flow.days) for load in loads), default=0)
    context = {
        "loads": loads,
        "labels": ages.LABELS,
        "key": list(enumerate(ages.SHORT)),
        "days": days,
        "fewest": forecast.FEWEST,
        "early": days < forecast.FEWEST,
    }
    return render(request, "days/workload.html", context)
