"""Doors of signatures, of exported decisions and of the board pack, under ``gates:``."""

from __future__ import annotations

from django.urls import URLPattern, path

from governance.gates import pack_views, sign_views

GATE = "gates/<str:ref>/"

urlpatterns: list[URLPattern] = [
    path("gates/verify_decision.py", pack_views.verifier, name="verifier"),
    path(f"{GATE}sign/", sign_views.vote, name="sign"),
    path(f"{GATE}decide/", sign_views.decide, name="decide"),
    path(f"{GATE}confirm/<slug:act>/", sign_views.confirm, name="confirm"),
    path(f"{GATE}pack/", pack_views.pack, name="pack"),
    path(f"{GATE}decisions/<int:turn>.json", pack_views.decision, name="decision"),
]
