"""Addresses of the audit log."""

from __future__ import annotations

from django.urls import path

from console.audit_pages import views

app_name = "audit"

urlpatterns = [
    path("book/", views.timeline, name="timeline"),
    path("book/<int:entry_id>/", views.entry, name="entry"),
    path("book/about/<str:subject>/", views.about, name="about"),
    path("book/receipts/", views.find_receipt, name="find-receipt"),
    path("book/receipts/<str:receipt>/", views.receipt, name="receipt"),
]
