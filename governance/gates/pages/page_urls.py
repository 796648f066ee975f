"""Addresses that show gates, under ``gates:``."""

from __future__ import annotations

from django.urls import URLPattern, path

from governance.gates.pages import views

urlpatterns: list[URLPattern] = [
    path("gates/", views.gates, name="gates"),
    path("gates/<str:ref>/", views.gate, name="gate"),
    path("gates/<str:ref>/standing/", views.standing, name="standing"),
    path("gates/<str:ref>/criteria/<slug:code>/", views.criterion, name="criterion"),
    path("waves/<slug:slug>/gates/", views.wave_gates, name="wave-gates"),
    path("subjects/<slug:kind>/<int:pk>/gates/", views.subject_gates, name="subject-gates"),
    path("waves/<slug:slug>/gates/fragment/", views.wave, name="wave"),
]
