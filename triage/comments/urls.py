"""Addresses of the comments on a case."""

from __future__ import annotations

from django.urls import path

from triage.comments import views

app_name = "comments"
urlpatterns = [
    path("cases/<str:ref>/comments/", views.comments, name="comments"),
    path("cases/<str:ref>/comments/people/", views.people, name="people"),
    path("cases/<str:ref>/comments/<int:number>/withdraw/", views.withdraw, name="withdraw"),
]
