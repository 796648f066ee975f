"""API route of the set-up."""

from __future__ import annotations

from django.urls import path

from triage.setup import api

urlpatterns = [path("setup/", api.SetUp.as_view(), name="api-setup")]
