"""Every door of the console. Capabilities bring their own ``urls.py``; the API's stand in ``api.py``."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.urls")),
]
