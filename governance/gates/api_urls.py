"""API routes of gates."""

from __future__ import annotations

from django.urls import path

from governance.gates import api

urlpatterns = [
    path("gates/<str:ref>/", api.OneGate.as_view(), name="api-gate"),
    path("gates/<str:ref>/decision/", api.OneDecision.as_view(), name="api-decision"),
    path("signing-key/", api.PublicKey.as_view(), name="api-signing-key"),
]
