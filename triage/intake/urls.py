"""Addresses of runs and sources."""

from __future__ import annotations

from django.urls import path

from triage.intake import views

app_name = "intake"

urlpatterns = [
    path("runs/", views.runs, name="runs"),
    path("runs/<int:pk>/", views.run, name="run"),
    path("runs/<int:pk>/progress/", views.progress, name="progress"),
    path("runs/<int:pk>/rejected/", views.rejected, name="rejected"),
    path("runs/<int:pk>/recall/", views.recall, name="recall"),
    path("runs/<int:pk>/retry/", views.retry, name="retry"),
    path("sources/", views.sources, name="sources"),
    path("sources/make/", views.make_source, name="make-source"),
    path("sources/<slug:name>/", views.change_source, name="change-source"),
    path("fragments/intake/home/", views.home, name="home"),
    path("fragments/intake/waves/<slug:slug>/", views.wave_runs, name="wave-runs"),
]
