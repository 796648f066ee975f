"""Addresses of gates."""

from __future__ import annotations

from django.urls import URLPattern

from governance.gates.pages import act_urls, page_urls
from governance.gates.signing import urls

app_name = "gates"

urlpatterns: list[URLPattern] = [*act_urls.urlpatterns, *urls.urlpatterns, *page_urls.urlpatterns]
