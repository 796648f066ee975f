"""Addresses of queues and cases, all in the namespace ``cases``: set-up, lists, and the page of one case.

They stand together because order matters: ``queues/next/`` and ``cases/home/`` come before the addresses that take a
queue or a case by its name.
"""

from __future__ import annotations

from django.urls import path

from triage.cases import list_views, rerouting_views
from triage.days import views as days
from triage.days import workload_views
from triage.desk import claim_views, decision_views, handing_views, views
from triage.queues import views as set_up

app_name = "cases"
urlpatterns = [
    path("queues/", list_views.queues, name="queues"),
    path("queues/new/", set_up.new_queue, name="new_queue"),
    path("queues/standard/", set_up.standard_queues, name="standard_queues"),
    path("queues/next/", claim_views.next_of_mine, name="next_of_mine"),
    path("queues/workload/", workload_views.workload_page, name="workload"),
    path("queues/not-ahead/", claim_views.not_ahead, name="not_ahead"),
    path("queues/<slug:slug>/", list_views.queue, name="queue"),
    path("queues/<slug:slug>/next/", claim_views.next_case, name="next"),
    path("queues/<slug:slug>/settings/", set_up.queue_settings, name="queue_settings"),
    path("cases/", list_views.cases, name="cases"),
    path("cases/home/", days.queues, name="home"),
    path("cases/of-wave/<slug:slug>/", list_views.wave_part, name="wave"),
    path("cases/<str:ref>/", views.case, name="case"),
    path("cases/<str:ref>/reveal/", views.reveal, name="reveal"),
    path("cases/<str:ref>/hide/", views.hide, name="hide"),
    path("cases/<str:ref>/claim/", claim_views.claim, name="claim"),
    path("cases/<str:ref>/ahead/", claim_views.ahead, name="ahead"),
    path("cases/<str:ref>/previous/", views.beside, {"forward": False}, name="previous"),
    path("cases/<str:ref>/following/", views.beside, {"forward": True}, name="following"),
    path("cases/<str:ref>/renew/", claim_views.renew, name="renew"),
    path("cases/<str:ref>/release-claim/", claim_views.release_claim, name="release_claim"),
    path("cases/<str:ref>/take-away/", claim_views.remove_claim, name="remove_claim"),
    path("cases/<str:ref>/hand-over/", handing_views.hand_over, name="hand_over"),
    path("cases/<str:ref>/resume/", claim_views.resume, name="resume"),
    path("cases/<str:ref>/decisions/", decision_views.decide, name="decide"),
    path("cases/<str:ref>/undo/", decision_views.undo, name="undo"),
    path("cases/<str:ref>/reverse/", decision_views.reverse_decision, name="reverse"),
    path("decisions/mine/", list_views.mine, name="mine"),
    path("views/", list_views.save_view, name="save_view"),
    path("views/<int:pk>/delete/", list_views.delete_view, name="delete_view"),
    path("rules/", rerouting_views.rules, name="rules"),
    path("rules/apply/", rerouting_views.apply_rules, name="apply_rules"),
    path("rules/new/", set_up.rule, name="new_rule"),
    path("rules/<int:pk>/", set_up.rule, name="rule"),
    path("rules/<int:pk>/move/", set_up.move_rule, name="move_rule"),
    path("sla/", set_up.sla, name="sla"),
    path("sla/policy/", set_up.policy, name="policy"),
    path("sla/policy/<int:pk>/remove/", set_up.remove_policy, name="remove_policy"),
    path("sla/public-holidays/", set_up.public_holidays, name="public_holidays"),
    path("sla/calendars/new/", set_up.calendar, name="new_calendar"),
    path("sla/calendars/<int:pk>/", set_up.calendar, name="calendar"),
]
