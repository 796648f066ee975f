"""API routes of risks."""

from __future__ import annotations

from django.urls import path

from governance.risks import api

urlpatterns = [
    path("risks/", api.Risks.as_view(), name="api-risks"),
    path("risks/<str:ref>/", api.OneRisk.as_view(), name="api-risk"),
]
