"""What monitors ask: is the process alive, can it do its work, and how is it doing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from console.capabilities.parts import GAUGES
from console.errors import Denied
from console.web import refusals

Next = Callable[[HttpRequest], HttpResponse]

REQUESTS: Final = Counter("concord_requests", "Requests answered.", ["door", "method", "status"])
SECONDS: Final = Histogram("concord_request_seconds", "Seconds from request to answer.", ["door"])
LOOPBACK: Final = {"127.0.0.1", "::1"}

_migrated: list[bool] = []


class _Gauges(Collector):
    """Figures read from the database at the moment a monitor asks."""

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """Ask every declared gauge now."""
        for gauge in GAUGES:
            family = GaugeMetricFamily(gauge.name, gauge.help_text, labels=gauge.labels)
            for values, figure in gauge.read():
                family.add_metric(values, figure)
            yield family

    def describe(self) -> Iterable[GaugeMetricFamily]:
        """Nothing: registering must not ask the database."""
        return []


REGISTRY.register(_Gauges())


@require_safe
@login_not_required
def alive(request: HttpRequest) -> HttpResponse:
    """200 as long as the process answers."""
    return JsonResponse({"status": "alive"})


@require_safe
@login_not_required
def ready(request: HttpRequest) -> HttpResponse:
    """200 when database, cache and migrations are in order; 503 naming what is not."""
    checks: dict[str, Callable[[], str]] = {"database": _database, "redis": _redis, "migrations": _migrations}
    found = {name: _ask(check) for name, check in checks.items()}
    failing = sorted(name for name, problem in found.items() if problem)
    body = {"status": "ready" if not failing else "not ready", "failing": failing, "checks": found}
    return JsonResponse(body, status=503 if failing else 200)


@require_safe
@login_not_required
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus: to callers on this machine, or with the token of ``CONCORD_METRICS_TOKEN``."""
    if not _may_read(request):
        return refusals.page(request, Denied("Metrics are read on this machine, or with the metrics token."))
    return HttpResponse(generate_latest(REGISTRY), content_type=CONTENT_TYPE_LATEST)


class MetricsMiddleware:
    """Count and time every request by the name of its view, never by its address."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, then count."""
        started = time.perf_counter()
        response = self.get_response(request)
        match: Any = request.resolver_match
        view = (match.view_name or "unnamed") if match else "none"
        REQUESTS.labels(view, request.method or "", str(response.status_code)).inc()
        SECONDS.labels(view).observe(time.perf_counter() - started)
        return response


def _may_read(request: HttpRequest) -> bool:
    token = settings.METRICS_TOKEN
    given = request.headers.get("Authorization", "")
    if token and constant_time_compare(given, f"Bearer {token}"):
        return True
    # A proxy on this machine also comes from loopback: what it passes on is not from here.
    passed_on = settings.BEHIND_PROXY or "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    return not passed_on and request.META.get("REMOTE_ADDR", "") in LOOPBACK


def _ask(check: Callable[[], str]) -> str:
    try:
        return check()
    except Exception as error:  # noqa: BLE001 - whatever keeps it from answering is the answer
        return type(error).__name__


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return ""


def _redis() -> str:
    cache.set("readyz", "1", timeout=10)
    return "" if cache.get("readyz") == "1" else "does not keep what it is given"


def _migrations() -> str:
    if not _migrated:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if waiting:
            return f"{len(waiting)} waiting"
        _migrated.append(True)
    return ""
