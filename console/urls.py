"""Every door of the console. Capabilities bring their own ``urls.py``; the API's stand in ``api.py``."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from console import health, home

#: Each capability's doors; a capability that this deployment leaves out has none.
CAPABILITIES = (
    "console.people.urls",
    "console.waves.urls",
    "console.audit.urls",
    "console.notices.urls",
    "triage.cases.urls",
    "triage.intake.urls",
    "triage.merges.urls",
    "governance.measures.urls",
    "governance.risks.urls",
    "governance.rollback.urls",
    "governance.gates.urls",
)


def _doors(modules: tuple[str, ...]) -> list[URLPattern | URLResolver]:
    return [path("", include(module)) for module in modules if find_spec(module)]


urlpatterns = [
    path("", home.home, name="home"),
    path("accounts/", include("allauth.urls")),
    path("api/", include("console.api")),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("ui/", include("console.ui.urls")),
    *_doors(CAPABILITIES),
]

handler400 = "console.web.refusals.bad_request"
handler403 = "console.web.refusals.denied"
handler404 = "console.web.refusals.missing"
handler500 = "console.web.refusals.broken"
