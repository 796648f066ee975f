"""API routes of the audit log."""

from __future__ import annotations

from django.urls import path

from console.audit_pages import api

urlpatterns = [path("book/", api.Book.as_view(), name="api-book")]
