"""Every route of the console: its own, and those that each capability declares."""

from __future__ import annotations

from django.urls import include, path

from console import health, home
from console.capabilities.config import route_modules
from console.web.addresses import ACCOUNTS, API

urlpatterns = [
    path("", home.home, name="home"),
    path(ACCOUNTS, include("allauth.urls")),
    path(API, include("console.api")),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    *(path("", include(module)) for module in route_modules("urls")),
]

handler400 = "console.web.refusals.bad_request"
handler403 = "console.web.refusals.denied"
handler404 = "console.web.refusals.missing"
handler500 = "console.web.refusals.broken"
