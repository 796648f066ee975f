"""API routes of people."""

from __future__ import annotations

from django.urls import path

from console.people import api

urlpatterns = [path("me/", api.Me.as_view(), name="api-me")]
