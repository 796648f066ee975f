"""API routes of runs, under ``/api/v1/``."""

from __future__ import annotations

from django.urls import path

from triage.intake import api

urlpatterns = [
    path("runs/", api.Runs.as_view(), name="api-runs"),
    path("runs/<int:pk>/", api.RunView.as_view(), name="api-run"),
    path("runs/<int:pk>/rejected/", api.RejectedLines.as_view(), name="api-run-rejected"),
]
