"""API routes of measures, under ``/api/v1/``."""

from __future__ import annotations

from django.urls import path

from governance.measures import api

urlpatterns = [path("measures/", api.Measures.as_view(), name="api-measures")]
