"""Addresses of bulk changes."""

from __future__ import annotations

from django.urls import path

from triage.bulk import views

app_name = "bulk"
urlpatterns = [
    path("bulk/", views.changes, name="changes"),
    path("bulk/new/", views.prepare, name="prepare"),
    path("bulk/<int:pk>/", views.change, name="change"),
    path("bulk/<int:pk>/start/", views.start, name="start"),
    path("bulk/<int:pk>/undo/", views.undo, name="undo"),
    path("bulk/<int:pk>/progress/", views.progress, name="progress"),
]
