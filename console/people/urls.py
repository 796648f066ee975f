"""Addresses of people and service accounts."""

from __future__ import annotations

from django.urls import path

from console.people import service_views, views

app_name = "people"

urlpatterns = [
    path("people/", views.people, name="people"),
    path("people/invite/", views.invite, name="invite"),
    path("people/<int:pk>/", views.one, name="person"),
    path("people/<int:pk>/grants/", views.grant, name="grant"),
    path("people/<int:pk>/deactivate/", views.deactivate, name="deactivate"),
    path("people/<int:pk>/reactivate/", views.reactivate, name="reactivate"),
    path("people/grants/<int:pk>/revoke/", views.revoke, name="revoke-grant"),
    path("service-accounts/", service_views.services, name="services"),
    path("service-accounts/<int:pk>/", service_views.one, name="service"),
    path("service-accounts/<int:pk>/tokens/", service_views.issue, name="issue-token"),
    path("service-accounts/tokens/<int:pk>/revoke/", service_views.revoke, name="revoke-token"),
    path("me/", views.me, name="me"),
    path("session/", views.session, name="session"),
]
