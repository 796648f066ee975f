"""Doors."""

from __future__ import annotations

from django.urls import URLPattern

from governance.gates import act_urls, page_urls, sign_urls

app_name = "gates"

urlpatterns: list[URLPattern] = [*act_urls.urlpatterns, *sign_urls.urlpatterns, *page_urls.urlpatterns]
