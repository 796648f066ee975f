"""Addresses of the pages that set up queues. They stand in the namespace ``cases``, whose addresses include them."""

from __future__ import annotations

from django.urls import path

from triage.queues import views

urlpatterns = [
    path("queues/new/", views.new_queue, name="new_queue"),
    path("queues/standard/", views.standard_queues, name="standard_queues"),
    path("queues/<slug:slug>/settings/", views.queue_settings, name="queue_settings"),
    path("rules/new/", views.rule, name="new_rule"),
    path("rules/<int:pk>/", views.rule, name="rule"),
    path("rules/<int:pk>/move/", views.move_rule, name="move_rule"),
    path("sla/", views.sla, name="sla"),
    path("sla/policy/", views.policy, name="policy"),
    path("sla/policy/<int:pk>/remove/", views.remove_policy, name="remove_policy"),
    path("sla/calendars/new/", views.calendar, name="new_calendar"),
    path("sla/calendars/<int:pk>/", views.calendar, name="calendar"),
]
