"""Addresses of the interface: the component gallery, display settings, staying signed in."""

from __future__ import annotations

from django.urls import path

from console.ui import views

app_name = "ui"

urlpatterns = [
    path("ui/", views.gallery, name="gallery"),
    path("ui/preferences/", views.preferences, name="preferences"),
    path("ui/session/", views.session, name="session"),
]
