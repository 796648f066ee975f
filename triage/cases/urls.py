"""Addresses of queues and cases, with those of the pages that set up queues."""

from __future__ import annotations

from django.urls import path

from triage.cases import list_views, rerouting_views, views
from triage.queues import setup_urls

app_name = "cases"
urlpatterns = [
    *setup_urls.urlpatterns,
    path("queues/", list_views.queues, name="queues"),
    path("queues/next/", views.next_of_mine, name="next_of_mine"),
    path("queues/<slug:slug>/", list_views.queue, name="queue"),
    path("queues/<slug:slug>/next/", views.next_case, name="next"),
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
    path("rules/", rerouting_views.rules, name="rules"),
    path("rules/apply/", rerouting_views.apply_rules, name="apply_rules"),
]
