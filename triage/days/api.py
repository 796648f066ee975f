"""API of the workload of queues. It knows no address for the figures of a person."""

from __future__ import annotations

from typing import Any, cast

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from console.people.models import User
from console.people.tokens import requires
from console.web.api_view import ApiView
from console.web.problem import Problem
from triage.days import workload
from triage.days.ages import LABELS
from triage.days.workload import Load


class DayCounts(serializers.Serializer):
    """What came into a queue and went out of it on one day of the caller's time zone."""

    day = serializers.DateField()
    came = serializers.IntegerField()
    went = serializers.IntegerField()


class ForecastFacts(serializers.Serializer):
    """What becomes of a queue at the pace of its full days."""

    outlook = serializers.CharField(help_text="empty, early, idle, steady, grows, empties or far.")
    change = serializers.FloatField(help_text="Cases a day by which it grows; negative when it shrinks.")
    empty_on = serializers.DateField(allow_null=True)
    soonest = serializers.DateField(allow_null=True, help_text="Without the worst day.")
    latest = serializers.DateField(
        allow_null=True, help_text="Without the best day; null beside a date: it would not shrink."
    )


class QueueLoad(serializers.Serializer):
    """The workload of one queue."""

    queue = serializers.CharField(help_text="Its short name.")
    waiting = serializers.IntegerField(help_text="Open or in progress.")
    paused = serializers.IntegerField(help_text="Deferred, or waiting for information.")
    ages = serializers.ListField(child=serializers.IntegerField(), help_text=f"Waiting cases: {', '.join(LABELS)}.")
    overdue = serializers.IntegerField(help_text="Counted to 1,001.")
    people = serializers.IntegerField(help_text="How many hold a case there now.")
    today = DayCounts()
    days = DayCounts(many=True, help_text="Full days, at most seven.")
    forecast = ForecastFacts()


class Workload(serializers.Serializer):
    """The workload of all queues that the caller leads."""

    items = QueueLoad(many=True)


class QueuesWorkload(ApiView):
    """How much waits, for how long, and at what pace it comes and goes."""

    permission_classes = (requires("cases.manage_queue"),)

    @extend_schema(
        operation_id="queues_workload",
        summary="Read the workload of queues",
        responses={200: Workload, 403: Problem},
    )
    def get(self, request: Request) -> Response:
        """The workload of the queues that the caller leads; of people only how many hold cases."""
        loads = workload.loads_for(cast(User, request.user), timezone.localtime())
        return Response(Workload({"items": [_item(load) for load in loads]}).data)


def _item(load: Load) -> dict[str, Any]:
    return {
        "queue": load.queue.slug,
        "waiting": load.waiting,
        "paused": load.paused,
        "ages": list(load.flow.ages.counts),
        "overdue": load.pressure.overdue,
        "people": load.people,
        "today": load.flow.today,
        "days": load.flow.days,
        "forecast": {
            "outlook": load.forecast.outlook,
            "change": load.forecast.change,
            "empty_on": load.forecast.on,
            "soonest": load.forecast.soonest,
            "latest": load.forecast.latest,
        },
    }
