"""Addresses of queues, cases and what leads set up."""

from __future__ import annotations

from django.urls import path

from triage.cases import list_views, setup_views, views

app_name = "cases"
urlpatterns = [
    path("queues/", list_views.queues, name="queues"),
    path("queues/new/", setup_views.new_queue, name="new_queue"),
    path("queues/standard/", setup_views.standard_queues, name="standard_queues"),
    path("queues/next/", views.next_of_mine, name="next_of_mine"),
    path("queues/<slug:slug>/", list_views.queue, name="queue"),
    path("queues/<slug:slug>/next/", views.next_case, name="next"),
    path("queues/<slug:slug>/settings/", setup_views.queue_settings, name="queue_settings"),
    path("cases/", list_views.cases, name="cases"),
    path("cases/home/", list_views.home, name="home"),
    path("cases/<str:ref>/", views.case, name="case"),
    path("cases/<str:ref>/claim/", views.claim, name="claim"),
    path("cases/<str:ref>/release-claim/", views.give_back, name="give_back"),
    path("cases/<str:ref>/take-away/", views.take_away, name="take_away"),
    path("cases/<str:ref>/renew/", views.renew, name="renew"),
    path("cases/<str:ref>/resume/", views.resume, name="resume"),
    path("cases/<str:ref>/decisions/", views.decide, name="decide"),
    path("cases/<str:ref>/undo/", views.undo, name="undo"),
    path("cases/<str:ref>/reverse/", views.reverse_decision, name="reverse"),
    path("decisions/mine/", list_views.mine, name="mine"),
    path("views/", list_views.save_view, name="save_view"),
    path("views/<int:pk>/delete/", list_views.delete_view, name="delete_view"),
    path("rules/", setup_views.rules, name="rules"),
    path("rules/new/", setup_views.rule, name="new_rule"),
    path("rules/apply/", setup_views.apply_rules, name="apply_rules"),
    path("rules/<int:pk>/", setup_views.rule, name="rule"),
    path("rules/<int:pk>/move/", setup_views.move_rule, name="move_rule"),
    path("sla/", setup_views.sla, name="sla"),
    path("sla/policy/", setup_views.policy, name="policy"),
    path("sla/policy/<int:pk>/remove/", setup_views.remove_policy, name="remove_policy"),
    path("sla/calendars/new/", setup_views.calendar, name="new_calendar"),
    path("sla/calendars/<int:pk>/", setup_views.calendar, name="calendar"),
]
