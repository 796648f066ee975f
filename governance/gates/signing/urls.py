"""Addresses of signatures, exported decisions and the board pack, under ``gates:``."""

from __future__ import annotations

from django.urls import URLPattern, path

from governance.gates.packages import views as package_views
from governance.gates.signing import views

GATE = "gates/<str:ref>/"

urlpatterns: list[URLPattern] = [
    path("gates/verify_decision.py", package_views.verifier, name="verifier"),
    path(f"{GATE}sign/", views.vote, name="sign"),
    path(f"{GATE}decide/", views.decide, name="decide"),
    path(f"{GATE}confirm/<slug:act>/", views.confirm, name="confirm"),
    path(f"{GATE}pack/", package_views.pack, name="pack"),
    path(f"{GATE}decisions/<int:turn>.json", package_views.decision, name="decision"),
]
