"""Addresses of risks."""

from __future__ import annotations

from django.urls import path

from governance.risks import acceptance_views, change_views, views

app_name = "risks"

urlpatterns = [
    path("risks/", views.register, name="register"),
    path("risks/heat-map/", views.heat_map, name="heat-map"),
    path("risks/add/", change_views.add, name="add"),
    path("risks/template/", change_views.use_template, name="template"),
    path("risks/<str:ref>/", views.risk, name="risk"),
    path("risks/<str:ref>/edit/", change_views.edit, name="edit"),
    path("risks/<str:ref>/rate/", change_views.rate, name="rate"),
    path("risks/<str:ref>/review/", change_views.review, name="review"),
    path("risks/<str:ref>/close/", change_views.close, name="close"),
    path("risks/<str:ref>/reopen/", change_views.reopen, name="reopen"),
    path("risks/<str:ref>/acceptances/ask/", acceptance_views.ask, name="ask"),
    path("risks/<str:ref>/acceptances/<int:pk>/take-up/", acceptance_views.take_up, name="take-up"),
    path("risks/<str:ref>/acceptances/<int:pk>/decide/", acceptance_views.decide, name="decide"),
    path("risks/<str:ref>/acceptances/<int:pk>/revoke/", acceptance_views.revoke, name="revoke"),
    path("risks/<str:ref>/links/", change_views.link, name="link"),
    path("risks/<str:ref>/links/<int:pk>/close/", change_views.unlink, name="unlink"),
    path("risks/<str:ref>/controls/", change_views.add_control, name="add-control"),
    path("risks/<str:ref>/controls/<int:pk>/in-place/", change_views.put_in_place, name="in-place"),
    path("risks/<str:ref>/controls/<int:pk>/drop/", change_views.drop_control, name="drop-control"),
    path("risks/<str:ref>/escalations/<int:pk>/acknowledge/", change_views.acknowledge, name="acknowledge"),
    path("waves/<slug:slug>/risks/fragment/", views.wave, name="wave"),
]
