"""Addresses of the merges' own doors. The review page itself stands at the case's address."""

from __future__ import annotations

from django.urls import path

from triage.merges import views

app_name = "merges"
urlpatterns = [
    path("cases/<str:ref>/reveal/", views.reveal, name="reveal"),
    path("cases/<str:ref>/hide/", views.hide, name="hide"),
]
