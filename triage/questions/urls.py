"""Addresses of questions and mailboxes."""

from __future__ import annotations

from django.urls import path

from triage.questions import mailbox_views, views

app_name = "questions"
urlpatterns = [
    path("questions/", views.questions, name="questions"),
    path("questions/home/", views.home, name="home"),
    path("questions/<int:number>/", views.question, name="question"),
    path("cases/<str:ref>/addressees/", views.addressees, name="addressees"),
    path("mailboxes/", mailbox_views.mailboxes, name="mailboxes"),
    path("mailboxes/new/", mailbox_views.mailbox, name="new_mailbox"),
    path("mailboxes/<slug:slug>/", mailbox_views.mailbox, name="mailbox"),
]
