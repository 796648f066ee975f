"""Addresses of the parts of a reviewer's home page. None names a person: each answers about the one who asks."""

from __future__ import annotations

from django.urls import path

from triage.days import views

app_name = "days"
urlpatterns = [
    path("day/continue/", views.resume, name="resume"),
    path("day/back/", views.returns, name="back"),
    path("day/figures/", views.figures, name="figures"),
    path("day/later/", views.later, name="later"),
    path("day/held/", views.held, name="held"),
    path("day/pause/", views.pause, name="pause"),
]
