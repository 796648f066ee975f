"""Addresses of the pages of procedures."""

from __future__ import annotations

from django.urls import path

from tests.architecture.toy_capability import views

app_name = "toy_capability"

urlpatterns = [
    path("procedures/", views.procedures, name="procedures"),
    path("procedures/<str:ref>/", views.procedure, name="procedure"),
    path("procedures/<str:ref>/write/", views.write, name="write"),
    path("procedures/<str:ref>/sign/", views.sign, name="sign"),
    path("procedures/<str:ref>/confirm/", views.confirm, name="confirm"),
    path("procedures/<str:ref>/exempt/", views.exempt, name="exempt"),
    path("procedures/<str:ref>/exemptions/<int:pk>/decide/", views.decide, name="decide"),
    path("procedures/<str:ref>/exemptions/<int:pk>/revoke/", views.revoke, name="revoke"),
]
