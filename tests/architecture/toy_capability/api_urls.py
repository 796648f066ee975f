"""Addresses of the API of procedures."""

from __future__ import annotations

from django.urls import path

from tests.architecture.toy_capability import api

urlpatterns = [path("procedures/<str:ref>/", api.OneProcedure.as_view(), name="api-procedure")]
