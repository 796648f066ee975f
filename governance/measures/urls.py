"""Addresses of measures."""

from __future__ import annotations

from django.urls import path

from governance.measures import views

app_name = "measures"

urlpatterns = [
    path("measures/", views.measures, name="measures"),
    path("measures/define/", views.define, name="define"),
    path("measures/<slug:code>/", views.measure, name="measure"),
    path("measures/<slug:code>/change/", views.change, name="change"),
    path("waves/<slug:slug>/war-room/", views.war_room, name="war-room"),
    path("fragments/measures/waves/<slug:slug>/war-room/", views.war_room_now, name="war-room-now"),
]
