"""Addresses of waves."""

from __future__ import annotations

from django.urls import path

from console.waves import views

app_name = "waves"

urlpatterns = [
    path("waves/", views.waves, name="waves"),
    path("waves/make/", views.make, name="make"),
    path("waves/<slug:slug>/", views.wave, name="wave"),
    path("waves/<slug:slug>/describe/", views.describe, name="describe"),
    path("waves/<slug:slug>/cutover/", views.state_cutover, name="cutover"),
]
