"""Addresses of rollback plans."""

from __future__ import annotations

from django.urls import path

from governance.rollback import views

app_name = "rollback"

urlpatterns = [
    path("waves/<slug:slug>/rollback/", views.plan, name="plan"),
    path("waves/<slug:slug>/rollback/summary/", views.wave, name="wave"),
    path("waves/<slug:slug>/rollback/live/", views.live, name="live"),
    path("waves/<slug:slug>/rollback/write/", views.write, name="write"),
    path("waves/<slug:slug>/rollback/rehearsals/record/", views.rehearse, name="rehearse"),
    path("waves/<slug:slug>/rollback/versions/<int:number>/", views.version, name="version"),
    path("waves/<slug:slug>/rollback/triggers/<slug:code>/call/", views.call, name="call"),
    path("waves/<slug:slug>/rollback/alarms/<int:number>/", views.alarm, name="alarm"),
]
