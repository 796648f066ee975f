"""Addresses of notifications."""

from __future__ import annotations

from django.urls import path

from console.notices import views

app_name = "notices"

urlpatterns = [
    path("notices/", views.notices, name="notices"),
    path("notices/home/", views.home, name="home"),
    path("notices/read/", views.mark_all_read, name="mark_all_read"),
    path("notices/<int:number>/open/", views.open_notice, name="open"),
    path("notices/<int:number>/read/", views.mark_read, name="mark_read"),
]
